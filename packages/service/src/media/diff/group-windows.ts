/** Groups windows, or tiles, of a grid that touch each other or lie one apart. */
export function groupWindows(windows: Iterable<number>, columns: number): number[][] {
  const left = new Set(windows);
  const groups: number[][] = [];
  for (const first of left) {
    left.delete(first);
    const group = [first];
    for (const window of group) {
      for (const neighbour of neighboursOf(window, columns)) {
        if (left.delete(neighbour)) group.push(neighbour);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** Those up to two away, which need not exist. */
function* neighboursOf(window: number, columns: number): Generator<number> {
  const column = window % columns;
  for (let down = -2; down <= 2; down += 1) {
    for (let aside = -2; aside <= 2; aside += 1) {
      if (column + aside < 0 || column + aside >= columns) continue;
      yield window + down * columns + aside;
    }
  }
}
