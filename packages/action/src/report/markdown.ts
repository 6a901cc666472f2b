import { toPrintable } from "@clipcourier/batch";

/**
 * What comes from file names, services and results files, made harmless for GitHub's Markdown. All
 * of it is written as character references: they never make structure, neither Markdown's nor
 * HTML's.
 */
export function escapeText(text: string): string {
  return toPrintable(text)
    .replace(/[!-+:-@[-`{-~]/g, toReference)
    .replace(/www\./gi, (match) => `${match.slice(0, -1)}&#46;`);
}

function toReference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/** The text as code, in which GitHub looks for no `@name`, `#1` or `:emoji:`. */
export function code(text: string): string {
  return `<code>${escapeText(text)}</code>`;
}

/** The address, when it is one that a page may link to; escaped for an attribute. */
function safeUrl(address: string | null): string | undefined {
  const url = URL.parse(address ?? "");
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.href.replace(/["'&<>|`\\]/g, toReference);
}

/** A link, or what it was to hold where the address is none. `content` is Markdown. */
export function link(address: string | null, content: string): string {
  const href = safeUrl(address);
  return href === undefined ? content : `<a href="${href}">${content}</a>`;
}

/** A picture, or `undefined` where the address is none. */
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
 * The longest text that fits: `build` makes one of the first `count` things.
 *
 * @param count how many things there are
 */
export function fit(
  count: number,
  doesFit: (text: string) => boolean,
  build: (count: number) => string,
): string {
  let fits = 0;
  for (let tooMany = count + 1; tooMany - fits > 1; ) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (doesFit(build(middle))) fits = middle;
    else tooMany = middle;
  }
  return build(fits);
}
