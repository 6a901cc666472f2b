import { toPrintable } from "@clipcourier/batch";
import { photoExtensions, videoExtensions } from "@clipcourier/core";

// A dot before letters, as in a domain: some readers of Markdown link those by themselves, and what follows
// two slashes. The ending of a video or picture is none, and stays readable in the source.
const dotOfDomain = new RegExp(
  `\\.(?=\\p{L}{2})(?!(?:${[...videoExtensions, ...photoExtensions].join("|")})\\b)`,
  "giu",
);

/**
 * Escapes text of file names, services and results files for GitHub's Markdown. Every punctuation
 * character becomes a character reference, which is never read as Markdown or HTML syntax.
 */
export function escapeText(text: string): string {
  return toPrintable(text)
    .replace(/[!-+:-@[-`{-~]/g, toReference)
    .replace(/www\./gi, (match) => `${match.slice(0, -1)}&#46;`)
    .replace(/\/(?=\/)/g, toReference)
    .replace(dotOfDomain, "&#46;");
}

function toReference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/**
 * Text of others outside of code. Forges look for `@name` when they have read the character references
 * already, so each `@` is followed by a space without width, and nobody is notified.
 */
export function quote(text: string): string {
  return escapeText(text).replaceAll("&#64;", "&#64;&#8203;");
}

/** The text as code, in which forges do not replace `@name`, `#1` or `:emoji:`. */
export function code(text: string): string {
  return `<code>${escapeText(text)}</code>`;
}

/** The address, escaped for an attribute; `undefined` when it is not an http or https address. */
function safeUrl(address: string | null): string | undefined {
  const url = URL.parse(address ?? "");
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.href.replace(/["'&<>|`\\]/g, toReference);
}

/** A link around `content`, which is Markdown; the content alone when the address is not valid. */
export function link(address: string | null, content: string): string {
  const href = safeUrl(address);
  return href === undefined ? content : `<a href="${href}">${content}</a>`;
}

/** A picture; `undefined` when the address is not valid. */
export function picture(address: string | null, name: string, width: number): string | undefined {
  const source = safeUrl(address);
  if (source === undefined) return undefined;
  return `<img src="${source}" alt="${escapeText(name)}" width="${width}">`;
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * The longest text that fits.
 *
 * @param count how many things there are to show
 * @param build makes the text of the first `count` things
 */
export function buildLongest(
  count: number,
  doesFit: (text: string) => boolean,
  build: (count: number) => string,
): string {
  return build(findMost(count, (shown) => doesFit(build(shown))));
}

/** The largest number up to `count` that fits, where all smaller ones fit, too. */
export function findMost(count: number, doesFit: (count: number) => boolean): number {
  let fits = 0;
  for (let tooMany = count + 1; tooMany - fits > 1; ) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (doesFit(middle)) fits = middle;
    else tooMany = middle;
  }
  return fits;
}
