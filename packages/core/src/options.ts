import { DirectUploadError } from "./errors.js";

/**
 * The URL below which the protocol's paths are, with one slash at its end.
 *
 * @throws `invalid_option`
 */
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

/** The longest time of a timer in milliseconds: Node fires longer ones at once. */
export const longestTimer = 2 ** 31 - 1;

/**
 * The milliseconds, where a timer can take them.
 *
 * @throws `invalid_option` with the option's name
 */
export function requireMilliseconds(name: string, value: number): number {
  if (requirePositive(name, value) <= longestTimer) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be at most ${longestTimer} ms, which is 24 days; leave it out for no limit.`,
  );
}

/**
 * The number, where it is a positive one.
 *
 * @throws `invalid_option` with the option's name
 */
export function requirePositive(name: string, value: number, { isInteger = false } = {}): number {
  if (value > 0 && Number.isFinite(value) && (!isInteger || Number.isInteger(value))) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be a ${isInteger ? "whole " : ""}number above 0, not ${value}.`,
  );
}

/**
 * The text, where it can be sent in a header.
 *
 * @throws `invalid_option` with the option's name
 */
export function requireHeaderValue(name: string, value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new DirectUploadError(
    "invalid_option",
    `${name} must be a text of visible ASCII characters without spaces.`,
  );
}
