/** What identifies one version of a file in its answers. */
export interface Validators {
  /** With its quotes; strong. */
  etag: string;
  /** As in the header. */
  lastModified: string;
}

/**
 * What the conditions of a GET or HEAD request lead to, in the order of RFC 9110, section 13.2.2:
 * `failed` is answered with 412, `not-modified` with 304.
 *
 * Written here because the libraries know If-None-Match and If-Modified-Since alone.
 */
export function checkConditions(
  headers: Headers,
  validators: Validators,
): "proceed" | "not-modified" | "failed" {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, validators.etag, isSameStrong)) return "failed";
  } else if (isModifiedSince(headers.get("if-unmodified-since"), validators) === true) {
    return "failed";
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    return listsTag(ifNoneMatch, validators.etag, isSameWeak) ? "not-modified" : "proceed";
  }
  const isModified = isModifiedSince(headers.get("if-modified-since"), validators);
  return isModified === false ? "not-modified" : "proceed";
}

/** Whether a Range header counts. If-Range must name exactly this version, by ETag or by date. */
export function allowsRange(headers: Headers, { etag, lastModified }: Validators): boolean {
  const condition = headers.get("if-range");
  if (condition === null || condition === etag) return true;
  const time = parseHttpDate(condition);
  return time !== null && time === Date.parse(lastModified);
}

/** `*`, or a list of tags: one may hold a comma, so that the list cannot be split by them. */
function listsTag(
  list: string,
  etag: string,
  isSame: (tag: string, etag: string) => boolean,
): boolean {
  if (list.trim() === "*") return true;
  const tags = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => isSame(tag, etag));
}

function isSameStrong(tag: string, etag: string): boolean {
  return tag === etag;
}

function isSameWeak(tag: string, etag: string): boolean {
  return tag.replace(/^W\//, "") === etag;
}

/** `null` where the header is missing, or is no date and so has to be ignored. */
function isModifiedSince(header: string | null, { lastModified }: Validators): boolean | null {
  const time = header === null ? null : parseHttpDate(header);
  return time === null ? null : Date.parse(lastModified) > time;
}

const dayName = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const httpDate = new RegExp(`^${dayName}[a-z]*,? .*\\d\\d:\\d\\d:\\d\\d( \\d{4}| GMT)$`);

/** Milliseconds since 1970 of one of HTTP's three forms of a date. */
function parseHttpDate(text: string): number | null {
  const date = text.trim();
  if (!httpDate.test(date)) return null;
  // The form of asctime() names no zone, and means UTC.
  const time = Date.parse(date.endsWith("GMT") ? date : `${date} GMT`);
  return Number.isNaN(time) ? null : time;
}
