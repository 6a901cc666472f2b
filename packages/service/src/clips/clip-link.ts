import { createHmac, timingSafeEqual } from "node:crypto";

/** What a signed link opens: all that there is of a clip, or only its thumbnail and its previews. */
export type LinkScope = "clip" | "pictures";

/** What a link names of a clip. */
interface LinkedClip {
  /** The clip's id. */
  id: string;
  /** That of its files: the same content has the same id again after the clip was deleted. */
  version: string;
}

/** What the signature of a link holds. */
export interface SignedLink {
  /** One clip; or two, the newer first, of which the link opens the comparison with both videos. */
  clips: readonly [LinkedClip] | readonly [LinkedClip, LinkedClip];
  scope: LinkScope | "pair";
  /** Seconds since 1970. */
  expires: number;
}

/** The parameters of an address that make it a signed link, as a request brings them. */
export interface LinkParameters {
  expires: string | undefined;
  signature: string | undefined;
}

export type LinkVerdict = { kind: "valid"; expires: number } | { kind: "expired" | "wrong" };

/** The query that makes the address of a private clip a link that opens it. */
export function signLink(signingKey: Buffer, link: SignedLink): string {
  const parameters = { expires: String(link.expires), signature: sign(signingKey, link) };
  return new URLSearchParams(parameters).toString();
}

/**
 * Whether a link opens what is asked for. An expired one is told apart from a wrong one only where its
 * signature is right, so that nobody else learns that there is a clip.
 *
 * @param now milliseconds since 1970
 */
export function verifyLink(
  signingKey: Buffer,
  wanted: Omit<SignedLink, "expires">,
  { expires: text = "", signature = "" }: LinkParameters,
  now: number,
): LinkVerdict {
  const expires = /^[1-9]\d{0,11}$/.test(text) ? Number(text) : 0;
  const expected = Buffer.from(sign(signingKey, { ...wanted, expires }));
  const given = Buffer.from(signature);
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isRight || expires === 0) return { kind: "wrong" };
  return now / 1000 < expires ? { kind: "valid", expires } : { kind: "expired" };
}

function sign(signingKey: Buffer, { clips, scope, expires }: SignedLink): string {
  const names = clips.flatMap(({ id, version }) => [id, version]);
  const text = [scope, ...names, expires].join("\n");
  return createHmac("sha256", signingKey).update(text).digest("base64url");
}
