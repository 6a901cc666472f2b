/**
 * The text on one line, without control characters and without characters that change the direction
 * of writing: each becomes `\u{fffd}`. File names and answers of a service are written by others,
 * and must not be able to move the cursor, colour the screen or start a line of their own.
 */
export function toPrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\u{fffd}");
}

/** The same for a text of several lines, which stay several lines. */
export function toPrintableLines(text: string): string {
  return text.split("\n").map(toPrintable).join("\n");
}

/**
 * Breaks up what a runner of GitHub, Forgejo or Gitea would take for a command in the log of a job:
 * `##[` anywhere in a line, and `::` at its start. The runner trims a line before it looks for `::`.
 */
export function breakCommands(text: string): string {
  return text.replaceAll("##[", "# #[").replace(/^((?:[^\S\r\n]|\u0085)*):(?=:)/gm, "$1: ");
}

/** The same for a JSON text, which keeps its meaning. No line of one begins with `::`. */
export function breakCommandsInJson(json: string): string {
  return json.replaceAll("##[", "#\\u0023[");
}
