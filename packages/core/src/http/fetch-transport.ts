import { collectBody, readText, type StreamedBody, type Transport } from "./transport.js";

/** The part of `fetch` that is used here: the one of a browser, of an editor, of undici. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

// Parts up to this size are handed over whole, which every fetch takes.
const wholeSize = 32 * 1024 * 1024;

/**
 * A transport on a `fetch` of the caller's choice, for a host with proxy and certificate settings
 * of its own. A part costs about three times the CPU that it costs by the default transport, and
 * its bytes are reported when `fetch` takes them, not when they leave. Parts above 32 MiB are
 * streamed: the `fetch` has to honour their `Content-Length`, as that of Node does.
 */
export function createFetchTransport(fetch: FetchFunction = globalThis.fetch): Transport {
  return {
    async send({ url, method, headers, body, signal, onReceived }) {
      const response = await fetch(url, {
        method,
        headers,
        redirect: "manual",
        ...(await convertBody(body, headers)),
        ...(signal !== undefined && { signal }),
      });
      onReceived?.();
      const text = response.body === null ? "" : await readText(response.body, onReceived);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    },
  };
}

async function convertBody(
  body: Uint8Array | StreamedBody | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<RequestInit & { duplex?: "half" }> {
  if (body === undefined) return {};
  if (body instanceof Uint8Array || body.size <= wholeSize) {
    return { body: await collectBody(body) };
  }
  return {
    // Storage takes no body whose length it is not told.
    headers: { ...headers, "content-length": String(body.size) },
    body: ReadableStream.from(copyPieces(body)),
    duplex: "half",
    // To be able to follow a redirect, or to give it back, Node's fetch would keep the whole body.
    redirect: "error",
  };
}

// `fetch` may keep a piece after it has asked for the next one, and takes no shared memory.
async function* copyPieces(body: StreamedBody): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const piece of body.pieces()) yield new Uint8Array(piece);
}
