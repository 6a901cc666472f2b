/** The cells of a compared picture, which are numbered row by row. A window has the number of its first cell. */
export interface Grid {
  columns: number;
  rows: number;
}

/** The four cells of a window, and those up to so many `around` it. */
export function cellsAround({ columns, rows }: Grid, window: number, around: number): number[] {
  const column = window % columns;
  const row = Math.floor(window / columns);
  const left = Math.max(0, column - around);
  const right = Math.min(columns - 1, column + 1 + around);
  const bottom = Math.min(rows - 1, row + 1 + around);
  const cells: number[] = [];
  for (let y = Math.max(0, row - around); y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) cells.push(y * columns + x);
  }
  return cells;
}
