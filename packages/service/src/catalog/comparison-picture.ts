import { type Clip, isPhoto } from "./clip-state.js";

/** What the picture of a comparison is. Its key has the same end for both. */
export function comparisonPicture(clip: Pick<Clip, "asset">): {
  ending: ".gif" | ".png";
  contentType: string;
} {
  return isPhoto(clip)
    ? { ending: ".png", contentType: "image/png" }
    : { ending: ".gif", contentType: "image/gif" };
}
