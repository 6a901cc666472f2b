import { HttpError } from "../http-error.js";
import type { Limits } from "../limits/limits.js";

/** While a body is read, `bytes` must arrive within each `seconds` of waiting for the client. */
export interface Pace {
  seconds: number;
  bytes: number;
}

/** A part may take any time, as long as it keeps coming. */
export function paceOfPart({ partRate, partWindow }: Limits): Pace {
  return { seconds: partWindow, bytes: Math.ceil(partRate * partWindow) };
}

/** Any other body is small, so it must arrive as a whole. */
export function paceOfCall({ bodyTimeout }: Limits): Pace {
  return { seconds: bodyTimeout, bytes: Number.POSITIVE_INFINITY };
}

/**
 * The body as it arrives. Throws 408 when it is slower than its pace. When reading stops early, the
 * rest can still be drained.
 */
export async function* readBody({ body }: Request, pace: Pace): AsyncGenerator<Uint8Array, void> {
  if (!body) return;
  const reader = body.getReader();
  let left = pace.seconds * 1000;
  let received = 0;
  try {
    for (;;) {
      const start = performance.now();
      const chunk = await readWithin(reader, left);
      if (chunk === undefined) return;
      // Only waiting for the client counts: what the service does with the bytes is not its fault.
      left -= performance.now() - start;
      received += chunk.length;
      if (received >= pace.bytes) {
        left = pace.seconds * 1000;
        received = 0;
      }
      yield chunk;
    }
  } finally {
    reader.releaseLock();
  }
}

/** The next chunk, `undefined` at the end. */
async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  milliseconds: number,
): Promise<Uint8Array | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, Math.max(0, milliseconds), null);
  try {
    const result = await Promise.race([reader.read(), late]);
    if (result === null) throw new HttpError(408, "The body arrived too slowly. Send it again.");
    return result.value;
  } finally {
    clearTimeout(timer);
  }
}
