import { isErrno } from "../../errno.js";
import { StoreFullError, StoreUnavailableError } from "../store-error.js";

/** For `catch`: returns `null` when the file is missing, and throws any other error. */
export function nullWhenMissing(error: unknown): null {
  // ENOTDIR: a folder of the path is a file, so there is nothing below it.
  if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
  throw error;
}

/**
 * What to throw for an error of the file system: it names the store's folder and what to do. Other
 * errors are returned as they are.
 */
export function explainFileError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && "syscall" in error && "errno" in error)) return error;
  if (isErrno(error, "ENOSPC", "EDQUOT")) return storeIsFull(folder, error);
  return new StoreUnavailableError(
    `The folder ${folder} cannot be used (${error.message}). Check that its disk is mounted and ` +
      "that the service may read and write there.",
    { cause: error },
  );
}

export function storeIsFull(folder: string, cause?: unknown): StoreFullError {
  return new StoreFullError(
    `The folder ${folder} has no room left. Free some space, or give it a larger disk or quota.`,
    { cause },
  );
}
