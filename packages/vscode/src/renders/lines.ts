/** Finds where the lines begin that an editor shows of a text, in UTF-16 code units. */
export function findLineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: end, index }) => index + end.length)];
}

/** In which line a place of a text is, and where in that line. Both are counted from 0. */
export function toLineAndCharacter(
  lineStarts: readonly number[],
  offset: number,
): [line: number, character: number] {
  const line = lineStarts.findLastIndex((start) => start <= offset);
  return [line, offset - (lineStarts[line] ?? 0)];
}
