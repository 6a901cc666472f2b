import { DirectUploadError } from "../errors.js";

/** Throws `source_empty` for content without a byte. */
export function requireContent(label: string, size: number): void {
  if (size > 0) return;
  throw new DirectUploadError(
    "source_empty",
    `${label} was not uploaded: it is empty. Check that whatever made it has finished.`,
  );
}

/** The error for content that is no longer what was fingerprinted. */
export function describeChange(label: string): DirectUploadError {
  return new DirectUploadError(
    "source_changed",
    `${label} changed while it was uploaded; nothing was finalized. Upload it again when it is complete.`,
  );
}
