/** Which files were written in which watched place, so that those of a place can be told afterwards. */
export class PatternMatches {
  /** The places of each file. A place is a folder with a pattern. */
  readonly #places = new Map<string, Set<string>>();

  has(file: string): boolean {
    return this.#places.has(file);
  }

  add(file: string, place: string): void {
    const places = this.#places.get(file) ?? new Set();
    this.#places.set(file, places.add(place));
  }

  /** Forgets all other places, and gives the files that were in no more than those. */
  keepOnly(places: ReadonlySet<string>): string[] {
    for (const [file, known] of this.#places) {
      this.#places.set(file, new Set([...known].filter((place) => places.has(place))));
    }
    const gone = [...this.#places].filter(([, known]) => known.size === 0).map(([file]) => file);
    for (const file of gone) this.#places.delete(file);
    return gone;
  }
}
