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
  return fresh(Object.fromEntries(headers), { etag, "last-modified": lastModified });
}

/** Whether a Range header counts. If-Range must name exactly this version, by ETag or by date. */
export function allowsRange(headers: Headers, { etag, lastModified }: Validators): boolean {
  const condition = headers.get("if-range");
  if (condition === null || condition === etag) return true;
  return Date.parse(condition) === Date.parse(lastModified);
}
