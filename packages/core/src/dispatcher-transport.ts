import { Readable } from "node:stream";
import { flattenHeaders, readText, type Transport, type TransportRequest } from "./transport.js";

/** The part of an undici `Dispatcher` (`Agent`, `ProxyAgent`, `MockAgent`, …) that is used here. */
export interface Dispatcher {
  request(options: {
    origin: string;
    path: string;
    method: TransportRequest["method"];
    headers: Record<string, string>;
    body: Readable | null;
    signal?: AbortSignal;
  }): Promise<{
    statusCode: number;
    headers: Record<string, string | string[] | undefined>;
    body: AsyncIterable<Uint8Array>;
  }>;
}

const pieceSize = 256 * 1024;

/** A transport on an undici dispatcher of the caller's choice. The caller closes the dispatcher. */
export function createDispatcherTransport(dispatcher: Dispatcher): Transport {
  return {
    reportsSent: true,
    async send(request) {
      const { url, method, signal, body } = request;
      const { origin, pathname, search } = new URL(url);
      const answer = await dispatcher.request({
        origin,
        path: pathname + search,
        method,
        headers: { ...request.headers, "content-length": String(body?.byteLength ?? 0) },
        body:
          body === undefined
            ? null
            : Readable.from(readPieces(body, request), { objectMode: false }),
        ...(signal !== undefined && { signal }),
      });
      return {
        status: answer.statusCode,
        headers: flattenHeaders(answer.headers),
        body: await readText(answer.body),
      };
    },
  };
}

async function* readPieces(
  body: Uint8Array,
  { onSent, pace }: TransportRequest,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.byteLength; start += pieceSize) {
    const piece = body.subarray(start, start + pieceSize);
    await pace?.(piece.byteLength);
    yield piece;
    onSent?.(piece.byteLength);
  }
}
