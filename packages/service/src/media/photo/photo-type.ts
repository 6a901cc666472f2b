/** Bytes from the beginning of a file by which its type is found. */
export const signatureSize = 32;

const signatures: readonly [type: string, pattern: RegExp][] = [
  ["image/png", /^\x89PNG\r\n.\n/s],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF.{4}WEBPVP8[ LX]/s],
  // The major brand, or the first one that it is compatible with where that is any HEIF.
  ["image/avif", /^.{4}ftyp(?:avi[fs]|m[is]f1.{4}(?:.{4})*?avi[fs])/s],
];

/**
 * The media type of a picture by its first bytes, whatever it is called; `null` for any other content,
 * SVG and HTML among it.
 */
export function findPhotoType(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, signatureSize)).toString("latin1");
  return signatures.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** Why content cannot be the photo that it was announced as, as a sentence; `null` where it can. */
export function explainOtherType(head: Uint8Array, announced: string): string | null {
  const found = findPhotoType(head);
  if (found === announced) return null;
  if (found === null) {
    return `The content is no picture of the type ${announced}, nor of another one that is taken: PNG, JPEG, WebP, AVIF and GIF are. Save it as one of these and upload that.`;
  }
  return `The content is ${found}, but was announced as ${announced}. Upload it with its own type, or give the file the ending of that.`;
}
