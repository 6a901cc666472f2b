import { isDirectUploadError } from "@clipcourier/core";
import { toPrintable } from "./printable.js";
import { UsageError } from "./usage-error.js";

/** A failure in the output of `--json`. */
export interface FailureRecord {
  /** One of the client's error codes, `wrong_use` or `unexpected`. */
  code: string;
  message: string;
  /** HTTP status of the answer that caused it. */
  status?: number;
}

export function toFailureRecord(error: unknown): FailureRecord {
  if (isDirectUploadError(error)) {
    const { code, message, status } = error;
    return { code, message, ...(status !== undefined && { status }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof UsageError ? "wrong_use" : "unexpected", message };
}

/** The message in lines that are safe to print. */
export function describeFailure(error: unknown): string {
  return toFailureRecord(error).message.split("\n").map(toPrintable).join("\n");
}
