/** A JPEG, or why there is none: a sentence. */
export type Thumbnail = { jpeg: Buffer } | { missing: string };

const timeout = 10_000;
// A thumbnail of the service has a tenth of it. A model pays for each byte.
const mostBytes = 1024 ** 2;

/** Fetches the thumbnail of a clip from where the service says that it is. */
export async function fetchThumbnail(
  address: string | null,
  signal: AbortSignal,
): Promise<Thumbnail> {
  if (address === null) return { missing: "The clip has no thumbnail." };
  const time = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  try {
    // The service sends pictures itself. A redirect could lead into the network of this machine.
    const response = await fetch(address, { signal: time, redirect: "error" });
    if (!response.ok) return { missing: `The thumbnail was answered with ${response.status}.` };
    const jpeg = await readAtMost(response);
    if (jpeg === undefined) return { missing: "The thumbnail is too large to be shown." };
    return isJpeg(jpeg) ? { jpeg } : { missing: "The thumbnail is no JPEG." };
  } catch {
    signal.throwIfAborted();
    return { missing: "The thumbnail could not be fetched." };
  }
}

async function readAtMost({ body }: Response): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.byteLength;
    if (size > mostBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function isJpeg(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
}
