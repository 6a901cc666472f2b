import type { Asset } from "../clip.js";
import { DirectUploadError } from "../errors.js";
import { checksumPattern } from "./wire.js";

/**
 * The path of the calls that plan and finalize an upload.
 *
 * @throws `invalid_option`
 */
export function uploadPath(asset: Asset, checksum: string): string {
  if (checksumPattern.test(checksum)) return `me/directupload/${asset}/${checksum}/`;
  throw new DirectUploadError(
    "invalid_option",
    "checksum must be the content's MD5 as 32 lower-case hex characters.",
  );
}

/**
 * The path of a clip.
 *
 * @throws `invalid_option`
 */
export function clipPath(id: string): string {
  return `me/videoclips/${encodeClipId(id)}`;
}

/**
 * The path of the comparison of two clips, by their ids.
 *
 * @throws `invalid_option`
 */
export function comparisonPath(newId: string, oldId: string): string {
  return `${clipPath(newId)}/comparisons/${encodeClipId(oldId)}`;
}

function encodeClipId(id: string): string {
  // An empty id, or `..`, would be another route.
  if (/^\.*$/.test(id)) throw new DirectUploadError("invalid_option", "The clip id is empty.");
  if (!id.isWellFormed()) {
    throw new DirectUploadError("invalid_option", "The clip id is no valid Unicode text.");
  }
  return encodeURIComponent(id);
}
