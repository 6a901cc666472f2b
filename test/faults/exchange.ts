import { type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RequestRecord } from "./request-log.ts";

/** One way to spoil an exchange. It settles when it has done its harm. */
export interface Fault {
  readonly name: string;
  apply(exchange: Exchange): Promise<void>;
}

/** An answer that the front gives in the place of the real service. */
export interface CannedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A request that waits for its answer, with everything that a fault may touch. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  /** The TCP socket, beneath TLS where there is TLS. */
  readonly tcp: Socket;
  readonly upstream: URL;
}

/** Headers that belong to one connection, so each side of the front says its own. */
const requestHops = new Set(["connection", "keep-alive", "expect"]);
const answerHops = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** The body as the client sends it. Every byte that is read from it is counted in the log. */
export function openBody({ request, record }: Exchange): Readable {
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      record.bytesReceived += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      record.bodyComplete = true;
      done();
    },
  });
  // What cuts the one is felt by whoever reads the other.
  pipeline(request, meter).catch(() => {});
  return meter;
}

/** Sends the request to the real service and waits for the head of its answer. */
export function forward(
  exchange: Exchange,
  body: Readable = openBody(exchange),
): Promise<IncomingMessage> {
  const { request, record, upstream } = exchange;
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp({
      host: upstream.hostname,
      port: upstream.port,
      method: request.method,
      path: request.url,
      headers: [...headersWithout(requestHops, request).flat(), "Connection", "close"],
      setHost: false,
      agent: false,
    });
    outgoing.once("response", (answer) => {
      record.upstreamStatus = answer.statusCode;
      resolve(answer);
    });
    outgoing.on("error", reject);
    pipeline(body, outgoing).catch(reject);
  });
}

/** Names and values of the real service's answer, in its order and spelling. */
export function answerHeaders(answer: IncomingMessage): [string, string][] {
  return headersWithout(answerHops, answer);
}

function headersWithout(hops: Set<string>, { rawHeaders }: IncomingMessage): [string, string][] {
  const kept: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!hops.has(name.toLowerCase())) kept.push([name, rawHeaders[index + 1] ?? ""]);
  }
  return kept;
}

/** Hands the real service's answer to the client, with other headers where a fault wants so. */
export async function relay(
  { response, record }: Exchange,
  answer: IncomingMessage,
  headers = answerHeaders(answer),
): Promise<void> {
  record.status = answer.statusCode ?? 502;
  response.writeHead(record.status, headers.flat());
  await pipeline(answer, response);
}

/** Answers without the real service, over a connection that stays usable. */
export async function sendAnswer(
  { response, record }: Exchange,
  { status, headers = {}, body = "" }: CannedAnswer,
): Promise<void> {
  record.status = status;
  response.writeHead(status, { ...headers, "Content-Length": String(Buffer.byteLength(body)) });
  await new Promise<void>((resolve) => response.end(body, () => resolve()));
}

/** RST: what a client sees of a crashed server or a firewall that lost its state. */
export function resetConnection({ tcp, record }: Exchange): void {
  record.status = "reset";
  tcp.resetAndDestroy();
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Reads `count` bytes and leaves the rest unread on the stream. */
export async function readAtLeast(stream: Readable, count: number): Promise<void> {
  let read = 0;
  while (read < count && !stream.readableEnded) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) read += chunk.length;
    else if (!(await isReadableAgain(stream))) return;
  }
}

function isReadableAgain(stream: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (again: boolean) => {
      stream.off("readable", onReadable).off("end", onEnd).off("close", onEnd);
      resolve(again);
    };
    const onReadable = () => settle(true);
    const onEnd = () => settle(false);
    stream.on("readable", onReadable).on("end", onEnd).on("close", onEnd);
    if (stream.destroyed) settle(false);
  });
}
