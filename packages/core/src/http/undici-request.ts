import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { linkSignals } from "../signals.js";
import {
  flattenHeaders,
  readText,
  type StreamedBody,
  type TransportAnswer,
  type TransportRequest,
} from "./transport.js";

/** The part of an undici `Dispatcher` (`Agent`, `ProxyAgent`, `MockAgent`, …) that is used here. */
export interface Dispatcher {
  request(options: DispatcherRequest): Promise<{
    statusCode: number;
    headers: Record<string, string | string[] | undefined>;
    body: AsyncIterable<Uint8Array>;
  }>;
}

/** What a {@link Dispatcher} is asked for. */
export interface DispatcherRequest {
  origin: string;
  path: string;
  method: TransportRequest["method"];
  headers: Record<string, string>;
  body: Uint8Array | Readable | null;
  signal: AbortSignal;
  headersTimeout: number;
  bodyTimeout: number;
}

/** Whether a connection of undici's own making takes a piece without waiting until it has left. */
function isSmall(piece: Uint8Array): boolean {
  return piece.byteLength < socketBufferSize;
}

/**
 * Sends a request through an undici dispatcher.
 *
 * @param mayKeep whether a piece may be kept after the next one was asked for; it is copied then
 */
export async function sendThrough(
  dispatcher: Dispatcher,
  { url, method, headers, body, signal, onReceived }: TransportRequest,
  mayKeep = isSmall,
): Promise<TransportAnswer> {
  const { origin, pathname, search } = new URL(url);
  using linked = linkSignals(signal);
  const outgoing = followBody(body, mayKeep);
  const answer = await dispatcher.request({
    origin,
    path: pathname + search,
    method,
    headers: { ...headers, "content-length": String(outgoing.size) },
    body: outgoing.body,
    signal: linked.signal,
    // The stall guard limits silence: it knows the speed limit.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  onReceived?.();
  const { statusCode: status } = answer;
  try {
    const text = await readText(answer.body, onReceived);
    // undici frees the connection a turn of the event loop later; a request before that opens
    // another.
    await setImmediate();
    return { status, headers: flattenHeaders(answer.headers), body: text };
  } finally {
    // Where the answer came before the body was sent, the connection is of no use any more, and
    // would stay in use for ever if the peer has stopped reading.
    if (!outgoing.isSent()) linked.abort(new Error("the peer answered before the body was sent"));
  }
}

interface OutgoingBody {
  size: number;
  body: DispatcherRequest["body"];
  /** Whether all of it has left. */
  isSent(): boolean;
}

// undici waits until a piece has left only where the piece fills the socket's buffer; a smaller one
// is kept by reference while the next one is asked for, whose bytes may take its memory.
const socketBufferSize = 64 * 1024;

function followBody(
  body: Uint8Array | StreamedBody | undefined,
  mayKeep: (piece: Uint8Array) => boolean,
): OutgoingBody {
  if (body === undefined) return { size: 0, body: null, isSent: () => true };
  if (body instanceof Uint8Array) return { size: body.byteLength, body, isSent: () => true };
  let isSent = false;
  const follow = async function* () {
    for await (const piece of splitEnd(body)) yield mayKeep(piece) ? Buffer.from(piece) : piece;
    isSent = true;
  };
  // undici takes every async iterable; its types name streams alone, and a stream around the pieces
  // would double the cost of sending them.
  const pieces = follow() as AsyncIterable<Uint8Array> as unknown as Readable;
  return { size: body.size, body: pieces, isSent: () => isSent };
}

// Bytes. undici takes a request for sent when its last piece has left the socket's buffer, and
// closes a connection on which the answer comes sooner. With storage nearby, every second part
// would need a new connection. A last piece that is smaller than the buffer is not waited for.
const endSize = 8 * 1024;

async function* splitEnd({ size, pieces }: StreamedBody): AsyncGenerator<Uint8Array> {
  let start = 0;
  for await (const piece of pieces()) {
    start += piece.byteLength;
    if (start < size || piece.byteLength <= endSize) yield piece;
    else {
      yield piece.subarray(0, -endSize);
      yield piece.subarray(-endSize);
    }
  }
}
