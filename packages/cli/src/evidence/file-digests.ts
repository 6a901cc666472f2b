import { createHash } from "node:crypto";

/** What a file is known by. */
export interface FileDigests {
  /** Bytes. */
  size: number;
  /** As hex. */
  md5: string;
  /** As hex. */
  sha256: string;
}

/**
 * Reads a file to its end.
 *
 * @param mostBytes after which the rest is not read: it is another file then
 */
export async function readDigests(
  pieces: AsyncIterable<Uint8Array>,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<FileDigests> {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    md5.update(piece);
    sha256.update(piece);
    if (size > mostBytes) break;
  }
  return { size, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}
