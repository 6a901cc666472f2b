import { DirectUploadError } from "./errors.js";

/** The URL under which every path of the protocol hangs, with one slash at its end. */
export function parseRootUrl(value: string | URL): URL {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new DirectUploadError(
      "invalid_option",
      "rootUrl must be an http or https URL, for example https://clips.example.com/v2.7/.",
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new DirectUploadError(
      "invalid_option",
      "rootUrl must hold no user, password, query or fragment: give keys by their own options.",
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/`;
  return url;
}

/** Milliseconds. Node fires longer timers at once. */
export const longestTimer = 2 ** 31 - 1;

/** The milliseconds, or an error that names the option, when no timer can take them. */
export function requireMilliseconds(name: string, value: number): number {
  if (requirePositive(name, value) <= longestTimer) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be at most ${longestTimer} ms, which is 24 days; leave it out for no limit.`,
  );
}

/** The number, or an error that names the option, when it is not a positive one. */
export function requirePositive(name: string, value: number, { isInteger = false } = {}): number {
  if (value > 0 && Number.isFinite(value) && (!isInteger || Number.isInteger(value))) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be a ${isInteger ? "whole " : ""}number above 0, not ${value}.`,
  );
}

/** The text, or an error that names the option, when it is missing or cannot stand in a header. */
export function requireHeaderValue(name: string, value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be a text of visible ASCII characters without spaces.`,
  );
}
