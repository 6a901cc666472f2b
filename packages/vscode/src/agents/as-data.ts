import { toPrintable } from "@clipcourier/batch";

/**
 * A text of others for a model or a person: on one line, without characters that move a cursor or turn
 * the direction of writing, and without the invisible tags of Unicode.
 *
 * @param mostCharacters what is longer is cut
 */
export function toData(text: string, mostCharacters = 1_000): string {
  const shown = toPrintable(text).replace(/[\u{e0000}-\u{e007f}]/gu, "\u{fffd}");
  return shown.length <= mostCharacters ? shown : `${shown.slice(0, mostCharacters)}…`;
}

/** The same as code in Markdown, in which nothing is syntax. */
export function toCode(text: string): string {
  const data = toData(text);
  const runs = data.match(/`+/g) ?? [];
  // Code ends only at as many backticks as it began with.
  const fence = "`".repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  return `${fence} ${data} ${fence}`;
}
