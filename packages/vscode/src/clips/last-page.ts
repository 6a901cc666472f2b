/** As many clips as the service gives at once. */
export const pageSize = 100;

/** What a service says of a page. */
interface Page {
  clips: readonly { readonly id: string }[];
  total?: number;
  next?: string;
}

/**
 * Whether the service has no clips after a page of `pageSize`. One that says neither where the next page
 * begins nor how many clips there are has more after a full page.
 *
 * @param read the ids of the clips on the pages before it
 */
export function isLastPage({ clips, total, next }: Page, read: ReadonlySet<string>): boolean {
  if (next !== undefined) return false;
  const added = clips.filter(({ id }) => !read.has(id)).length;
  // An empty page, or the same again from a service that knows no pages: asking on would never end.
  if (added === 0) return true;
  return total === undefined ? clips.length < pageSize : read.size + added >= total;
}
