import { longestLink } from "../clips/privacy.js";
import { HttpError } from "../http-error.js";

/** Bytes of a request for a link, which has one parameter. */
export const linkBodySize = 64 * 1024;

// Seconds: 7 days.
const usualLink = 7 * 24 * 60 * 60;

/**
 * The seconds for which a link is to open something, from `expires_in`.
 *
 * @throws HttpError 400
 */
export function readLifetime(value: unknown): number {
  if (value === undefined) return usualLink;
  const seconds = /^[1-9]\d{0,8}$/.test(String(value)) ? Number(value) : Number.POSITIVE_INFINITY;
  if (seconds <= longestLink) return seconds;
  throw new HttpError(400, `expires_in: not a whole number of seconds from 1 to ${longestLink}.`);
}
