/**
 * The text as a line of the log: a file name, or what a service answers, must not be able to break
 * the line, move the cursor, or be taken for a command of the runner, which looks for `##[` anywhere
 * in a line (and for `::` at its start, where no such text stands).
 */
export function toPrintable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\u{fffd}")
    .replaceAll("##[", "# #[");
}
