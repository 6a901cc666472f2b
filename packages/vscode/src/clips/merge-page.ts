interface Identified {
  readonly id: string;
}

export interface PageToMerge<T extends Identified> {
  /** The clips that are known, the newest first. */
  known: readonly T[];
  /** The ids of the clips at the beginning of `known` that were read from the service just now. */
  read: ReadonlySet<string>;
  /** The page that comes after them. */
  page: readonly T[];
  /** Whether the service has none after it. */
  isLast: boolean;
}

/**
 * The known clips with a page in the place of those that it covers: new ones come in, changed ones are
 * replaced, and deleted ones go. What was known beyond the page stays.
 */
export function mergePage<T extends Identified>({
  known,
  read,
  page,
  isLast,
}: PageToMerge<T>): T[] {
  const before = known.filter(({ id }) => read.has(id));
  // A new clip moves the others on by one, so that a page can repeat one of the page before it.
  const added = page.filter(({ id }) => !read.has(id));
  if (isLast) return [...before, ...added];
  const rest = known.filter(({ id }) => !read.has(id));
  const ids = new Set(added.map(({ id }) => id));
  const covered = rest.findLastIndex(({ id }) => ids.has(id));
  return [...before, ...added, ...rest.slice(covered + 1)];
}
