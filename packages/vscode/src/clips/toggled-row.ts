/** A row of a tree view, as far as it can be told from others. */
interface Row {
  readonly id?: string | undefined;
}

/**
 * Tells which row has the focus, which the editor tells no command (microsoft/vscode#170248). It does
 * select or deselect that row with its command `list.toggleSelection`, so that two calls of it leave
 * the selection as it was, and the row is what was different in between.
 */
export class ToggledRow<T extends Row> {
  #selections: (readonly T[])[] = [[]];

  /** Takes in a new selection. Each has to be told, in order. */
  note(selection: readonly T[]): void {
    this.#selections = [...this.#selections.slice(-2), selection];
  }

  /** The row that was toggled twice just before; `undefined` where none was. Asking again gives none. */
  take(): T | undefined {
    const [before, between, after] = this.#selections;
    this.#selections = this.#selections.slice(-1);
    if (!before || !between || !after || !isSame(before, after)) return undefined;
    const [row, ...others] = [...without(before, between), ...without(between, before)];
    return others.length === 0 ? row : undefined;
  }
}

function isSame(some: readonly Row[], others: readonly Row[]): boolean {
  return some.length === others.length && without(some, others).length === 0;
}

function without<T extends Row>(rows: readonly T[], others: readonly T[]): T[] {
  return rows.filter(({ id }) => !others.some((other) => other.id === id));
}
