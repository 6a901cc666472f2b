import { type ErrorRecord, toErrorRecord, toPrintableLines, UsageError } from "@clipcourier/batch";
import { isDirectUploadError } from "@clipcourier/core";

/** A failure in the output of `--json`. `code` can also be `wrong_use` or `unexpected`. */
export function toFailureRecord(error: unknown): ErrorRecord {
  if (isDirectUploadError(error)) return toErrorRecord(error);
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof UsageError ? "wrong_use" : "unexpected", message };
}

/** The message in lines that are safe to print. */
export function describeFailure(error: unknown): string {
  return toPrintableLines(toFailureRecord(error).message);
}
