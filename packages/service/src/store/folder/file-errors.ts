import { StoreFullError, StoreUnavailableError } from "../store-error.js";

/** Whether an error is the operating system's with one of these codes, such as `ENOENT`. */
export function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

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
  if (isErrno(error, "ENOSPC", "EDQUOT")) {
    return new StoreFullError(
      `The folder ${folder} has no room left. Free some space, or give it a larger disk or quota.`,
      { cause: error },
    );
  }
  return new StoreUnavailableError(
    `The folder ${folder} cannot be used (${error.message}). Check that its disk is mounted and ` +
      "that the service may read and write there.",
    { cause: error },
  );
}
