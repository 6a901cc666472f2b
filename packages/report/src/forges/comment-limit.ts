import { ForgeError } from "../comment/forge.js";

export const perPage = 100;
/** A pull request with more comments would cost too many requests. */
export const mostPages = 30;

/** The error for a list that is cut where none of our comments was found before: it may come later. */
export function describeCut(): ForgeError {
  const most = (perPage * mostPages).toLocaleString("en");
  return new ForgeError(
    "too-many-comments",
    `there are more than ${most} comments, and the first ${most} do not contain this one`,
  );
}
