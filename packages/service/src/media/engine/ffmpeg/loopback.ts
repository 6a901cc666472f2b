import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RangeReader } from "../../range-reader.js";

/** The host that FFmpeg asks for. No name is looked up, because the server is its proxy. */
const host = "video";

/** A video that a program of this machine reads over HTTP. */
export interface Loopback extends AsyncDisposable {
  /** Holds no secret: every user of the machine can see the arguments of a program. */
  readonly url: string;
  /** What FFmpeg reads the server's address and its password from. Only the same user can see that. */
  readonly env: Record<string, string>;
}

/** Bytes of one read. */
const readLength = 256 * 1024;

/**
 * Serves the ranges of a video on the loopback address, as a proxy with a password: that is what
 * FFmpeg takes from its environment instead of its arguments.
 */
export async function serveLoopback(reader: RangeReader): Promise<Loopback> {
  const password = randomBytes(24).toString("hex");
  const allowed = `Basic ${Buffer.from(`clipcourier:${password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    if (request.headers["proxy-authorization"] !== allowed) {
      response.writeHead(407, { "proxy-authenticate": 'Basic realm="clipcourier"' }).end();
      return;
    }
    // The reader keeps why it failed, and FFmpeg sees the connection end.
    sendRange(reader, request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}/`,
    env: { http_proxy: `http://clipcourier:${password}@127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendRange(
  reader: RangeReader,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, from = "0", to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from);
  const end = to ? Math.min(Number(to) + 1, reader.size) : reader.size;
  if (start >= reader.size) {
    response.writeHead(416, { "content-range": `bytes */${reader.size}` }).end();
    return;
  }
  response.writeHead(206, {
    "accept-ranges": "bytes",
    "content-length": end - start,
    "content-range": `bytes ${start}-${end - 1}/${reader.size}`,
  });
  // FFmpeg breaks off where it seeks: hardly more is read than it asks for.
  const pieces = Readable.from(readPieces(reader, start, end), { highWaterMark: 1 });
  await pipeline(pieces, response);
}

async function* readPieces(
  reader: RangeReader,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  for (let position = start; position < end; ) {
    const bytes = await reader.read(position, Math.min(readLength, end - position));
    position += bytes.length;
    yield bytes;
  }
}
