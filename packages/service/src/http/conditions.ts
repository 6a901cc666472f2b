import fresh from "fresh";

/** What identifies one version of a file in its answers. */
export interface Validators {
  /** With its quotes. */
  etag: string;
  /** As in the header. */
  lastModified: string;
}

/** Whether the client has this version: If-None-Match, or else If-Modified-Since. */
export function isFresh(headers: Headers, { etag, lastModified }: Validators): boolean {
  const conditions = {
    "if-none-match": headers.get("if-none-match") ?? undefined,
    "if-modified-since": headers.get("if-modified-since") ?? undefined,
    // Not Cache-Control, for which "fresh" knows an older rule: fetch() sends no-cache with every
    // condition that a program sets, and is meant to get its answer.
  };
  return fresh(conditions, { etag, "last-modified": lastModified });
}

/** Whether a Range header counts. If-Range must name exactly this version, by ETag or by date. */
export function allowsRange(headers: Headers, { etag, lastModified }: Validators): boolean {
  const condition = headers.get("if-range");
  if (condition === null || condition === etag) return true;
  return Date.parse(condition) === Date.parse(lastModified);
}
