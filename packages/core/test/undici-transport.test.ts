import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Agent } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../../../test/until.ts";
import type { StreamedBody, Transport, TransportRequest } from "../src/http/transport.js";
import { createDispatcherTransport, createUndiciTransport } from "../src/http/undici-transport.js";
import { awaitAnswers, readBody, startServer } from "./http-server.js";

const part = Buffer.alloc(5 * 1024 * 1024, "x");

function createTransport(options: Parameters<typeof createUndiciTransport>[0] = { proxyEnv: {} }) {
  const transport = createUndiciTransport(options);
  onTestFinished(() => transport.close?.());
  return transport;
}

/** A body in pieces of 256 KiB. A piece counts as sent when the next one is asked for. */
function stream(bytes: Buffer, onSent: (bytes: number) => void = () => {}): StreamedBody {
  return {
    size: bytes.length,
    async *pieces() {
      for (let start = 0; start < bytes.length; start += 256 * 1024) {
        const piece = bytes.subarray(start, start + 256 * 1024);
        yield piece;
        onSent(piece.length);
      }
    },
  };
}

function put(origin: string, changes: Partial<TransportRequest> = {}): TransportRequest {
  return { method: "PUT", url: `${origin}/part?n=1`, headers: {}, body: stream(part), ...changes };
}

/** A server on a bare socket, for answers that no HTTP library would give. */
async function startRawServer(handle: (socket: Socket, index: number) => void): Promise<string> {
  let index = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    handle(socket, index++);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a part", () => {
  test("is sent with its length, without Expect and without a Content-Type", async () => {
    const headers: unknown[] = [];
    let received = 0;
    await using server = await startServer(async (request, response) => {
      headers.push(request.headers);
      received += (await readBody(request)).length;
      response.writeHead(200, { ETag: '"e"' }).end();
    });
    let sent = 0;
    const transport = createTransport();
    const answer = await transport.send(
      put(server.origin, { body: stream(part, (bytes) => (sent += bytes)) }),
    );
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"e"' }, body: "" });
    expect([received, sent]).toEqual([part.length, part.length]);
    expect(headers[0]).toMatchObject({ "content-length": String(part.length) });
    expect(headers[0]).not.toHaveProperty("expect");
    expect(headers[0]).not.toHaveProperty("content-type");
    expect(headers[0]).not.toHaveProperty("transfer-encoding");
  });

  test("uses the connection of an earlier part", async () => {
    await using server = await startServer(async (request, response) => {
      await readBody(request);
      response.end();
    });
    const transport = createTransport();
    for (let count = 0; count < 5; count++) await transport.send(put(server.origin));
    expect(server.connections()).toBe(1);
  });

  test("reports only what has left while the peer does not read", async () => {
    const origin = await startRawServer((socket) => socket.pause());
    const controller = new AbortController();
    let sent = 0;
    const large = Buffer.alloc(64 * 1024 * 1024);
    const sending = createTransport().send(
      put(origin, { body: stream(large, (bytes) => (sent += bytes)), signal: controller.signal }),
    );
    sending.catch(() => {});
    await until(() => sent > 0);
    await awaitAnswers(100);
    expect(sent).toBeLessThan(large.length / 2);
    controller.abort();
    await expect(sending).rejects.toThrow();
  });
});

describe("an answer that comes before the body is sent", () => {
  const refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";

  test("is given, although the peer keeps the socket open and reads no further", async () => {
    const origin = await startRawServer((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write(refusal);
      });
    });
    const large = Buffer.alloc(64 * 1024 * 1024);
    const answer = await createTransport().send(put(origin, { body: stream(large) }));
    expect(answer).toMatchObject({ status: 403, body: "no" });
  });

  test("does not leave the connection in use", async () => {
    const origin = await startRawServer((socket, index) => {
      let received = 0;
      socket.on("data", (bytes) => {
        received += bytes.length;
        if (index === 0) {
          socket.pause();
          socket.write(refusal);
        } else if (received > 5000) {
          socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
      });
    });
    const transport = createTransport();
    const large = Buffer.alloc(64 * 1024 * 1024);
    expect((await transport.send(put(origin, { body: stream(large) }))).status).toBe(403);
    const next = await transport.send(put(origin, { body: stream(Buffer.alloc(5000)) }));
    expect(next.status).toBe(200);
  });
});

describe("broken answers are errors", () => {
  test.each([
    ["closed without an answer", ""],
    ["cut in the header", "HTTP/1.1 200 OK\r\nETa"],
    ["cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
    ["cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"],
    ["not HTTP", "220 smtp ready\r\n"],
  ])("%s", async (_, bytes) => {
    const origin = await startRawServer((socket) => socket.once("data", () => socket.end(bytes)));
    const sending = createTransport().send(put(origin, { body: Buffer.from("x") }));
    await expect(sending).rejects.toThrow();
  });

  test("longer than 64 MiB", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    });
    const asking = createTransport().send({ method: "GET", url: server.origin, headers: {} });
    await expect(asking).rejects.toThrow("longer than 64 MiB");
  });
});

test("an abort closes the connection to a peer that does not answer", async () => {
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using server = await startServer((request) => {
    request.once("data", () => arrived.resolve()).resume();
    request.socket.once("close", () => closed.resolve());
  });
  const controller = new AbortController();
  const sending = createTransport().send(put(server.origin, { signal: controller.signal }));
  sending.catch(() => {});
  await arrived.promise;
  controller.abort();
  await expect(sending).rejects.toThrow();
  await closed.promise;
});

describe("proxies", () => {
  /** A real forward proxy: absolute URLs, and tunnels by CONNECT. */
  async function startProxy() {
    const seen: string[] = [];
    const proxy = createHttpServer(async (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const body = await readBody(request);
      const answer = await fetch(request.url ?? "", {
        method: request.method ?? "GET",
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    });
    proxy.on("connect", (request, socket, head) => {
      seen.push(`CONNECT ${request.url}`);
      const [host, port] = String(request.url).split(":");
      const target = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      target.on("error", () => socket.destroy());
      socket.on("error", () => target.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen };
  }

  test("HTTP_PROXY is used, and NO_PROXY is reached directly", async () => {
    await using server = await startServer(async (request, response) => {
      response.end(`${(await readBody(request)).length}`);
    });
    const proxy = await startProxy();
    const proxied = createTransport({ proxyEnv: { HTTP_PROXY: proxy.url } });
    expect((await proxied.send(put(server.origin))).body).toBe(String(part.length));
    expect(proxy.seen).toHaveLength(1);
    expect(proxy.seen[0]).toContain(server.origin);
    const direct = createTransport({ proxyEnv: { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" } });
    expect((await direct.send(put(server.origin))).body).toBe(String(part.length));
    expect(proxy.seen).toHaveLength(1);
  });
});

/** A body whose memory is filled anew for each piece, as that of parts is. */
function reuseMemory(size: number, pieceSize: number): StreamedBody {
  const memory = Buffer.alloc(pieceSize);
  return {
    size,
    async *pieces() {
      for (let start = 0; start < size; start += pieceSize) {
        memory.fill(start / pieceSize);
        yield memory;
      }
    },
  };
}

test.each([
  ["the default transport", (): Transport => createTransport()],
  [
    "a dispatcher whose connections have large buffers",
    () => createDispatcherTransport(makeAgent({ connect: bufferOf(1024 * 1024) })),
  ],
])("a piece is not overwritten by the next one before it has left: %s", async (_, create) => {
  const pieceSize = 32 * 1024;
  const received: Buffer[] = [];
  const origin = await startRawServer((socket) => {
    socket.on("data", (bytes: Buffer) => {
      received.push(bytes);
      // A slow reader, so that pieces have to wait.
      socket.pause();
      setImmediate(() => socket.resume());
      const length = received.reduce((sum, one) => sum + one.length, 0);
      if (length >= 200 * pieceSize) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  const body = reuseMemory(200 * pieceSize, pieceSize);
  expect((await create().send(put(origin, { body }))).status).toBe(200);
  const all = Buffer.concat(received);
  const content = all.subarray(all.length - 200 * pieceSize);
  for (let piece = 0; piece < 200; piece++) {
    const [first, last] = [content[piece * pieceSize], content[(piece + 1) * pieceSize - 1]];
    expect([first, last]).toEqual([piece, piece]);
  }
});

// Not among undici's types, but handed on to Node's sockets.
function bufferOf(highWaterMark: number): Record<string, number> {
  return { highWaterMark };
}

function makeAgent(options: Agent.Options): Agent {
  const agent = new Agent({ allowH2: false, ...options });
  onTestFinished(() => agent.destroy());
  return agent;
}
