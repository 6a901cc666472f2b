import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach } from "vitest";
import { until } from "../until.ts";
import { readAll } from "./exchange.ts";
import { type FaultFront, startFaultFront } from "./fault-front.ts";

export const mebi = 1024 * 1024;
export const body = Buffer.alloc(2 * mebi, "clip");
export const md5 = (bytes: Buffer, encoding: "hex" | "base64" = "hex") =>
  createHash("md5").update(bytes).digest(encoding);

/** A stand-in for the service: keeps what PUT brings, checks Content-MD5, answers JSON else. */
export class Upstream {
  readonly stored = new Map<string, Buffer>();
  readonly seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  cutRequests = 0;
  readonly #server: Server = createServer((incoming, answer) => {
    const { method = "", url = "", headers } = incoming;
    this.seen.push({ method, url, headers });
    readAll(incoming).then(
      (bytes) => {
        const promised = headers["content-md5"];
        if (promised !== undefined && promised !== md5(bytes, "base64")) {
          answer.writeHead(400).end("BadDigest");
        } else if (method === "PUT") {
          this.stored.set(url, bytes);
          answer.writeHead(200, { ETag: `"${md5(bytes)}"` }).end();
        } else {
          answer.setHeader("Content-Type", "application/json");
          answer.end(
            JSON.stringify({ data: [{ upload_id: "one", parts: [], size: bytes.length }] }),
          );
        }
      },
      () => {
        this.cutRequests += 1;
      },
    );
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A front before a stand-in service, and clients that know nothing but sockets and HTTP. */
export class Stage {
  readonly upstream: Upstream;
  readonly front: FaultFront;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(upstream: Upstream, front: FaultFront) {
    this.upstream = upstream;
    this.front = front;
  }

  static async start(): Promise<Stage> {
    const upstream = new Upstream();
    return new Stage(upstream, await startFaultFront({ upstream: await upstream.start() }));
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.front.close();
    await this.upstream.stop();
  }

  send(method: string, path: string, bytes?: Buffer, headers = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.#agent, headers };
      const outgoing = request(this.front.origin + path, options, (incoming) => {
        const { statusCode: status = 0, headers } = incoming;
        readAll(incoming).then((all) => resolve({ status, headers, text: all.toString() }), reject);
      });
      outgoing.on("error", reject);
      outgoing.end(bytes);
    });
  }

  putPart(part: number, headers = {}): Promise<Answer> {
    return this.send("PUT", partPath(part), body, headers);
  }

  storedPart(part: number): Buffer | undefined {
    return this.upstream.stored.get(partPath(part));
  }

  /**
   * A client without any HTTP library: what came back, and how the connection ended.
   *
   * @param isDone whether what the test is about has come; what comes soon after is still kept
   */
  async sendRaw(text: string, bytes: Buffer, isDone: (seen: Seen) => boolean) {
    const socket = connect(Number(new URL(this.front.origin).port), "127.0.0.1");
    const received: Buffer[] = [];
    let ending = "open";
    const look = () => ({ text: Buffer.concat(received).toString(), ending });
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("end", () => {
      ending = "end";
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      ending = error.code ?? "error";
    });
    socket.write(text);
    socket.write(bytes);
    await until(() => isDone(look()));
    await sleep(100);
    const unsent = socket.writableLength;
    socket.destroy();
    return { ...look(), unsent };
  }
}

/** What a raw client has seen so far. */
export interface Seen {
  text: string;
  /** `open`, `end`, or the code of an error. */
  ending: string;
}

export const partPath = (part: number) => `/clip?partNumber=${part}&X-Amz-Signature=secret`;

export const rawPut = (length: number) =>
  `PUT /clip?partNumber=1 HTTP/1.1\r\nHost: front\r\nContent-Length: ${length}\r\n\r\n`;

/** A fresh stage for each test of a file. */
export function useStage(): { readonly now: Stage } {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.start();
  });
  afterEach(() => stage.stop());
  return {
    get now() {
      return stage;
    },
  };
}
