/** A host may begin with `*.` for all below it. */
const sourcePattern = /^(?:https?:\/\/)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:\d{1,5}|\*))?$/i;

/**
 * Who may show the player in a frame, as the policy `frame-ancestors` says it.
 *
 * @throws Error that begins with `embedFrom` for what is no origin
 */
export function toFrameAncestors(embedFrom: readonly string[]): string {
  if (embedFrom.length === 0) return "'none'";
  return embedFrom
    .map((origin) => {
      const source = origin.replace(/\/$/, "");
      if (source === "*" || sourcePattern.test(source)) return source;
      throw new Error(
        `embedFrom: "${origin}" is not * and not an origin such as https://wiki.example.com`,
      );
    })
    .join(" ");
}
