import { NotMediaError } from "../container.js";

/** What the system is asked for where a file is read. */
const fileCalls = new Set(["open", "stat", "fstat", "read", "close"]);

/** An error that says with which of both files something is wrong. */
export function nameFile(error: unknown, which: "old" | "new"): Error {
  if (!(error instanceof Error)) return new Error(`the ${which} file could not be read`);
  const { message } = error;
  if (error instanceof NotMediaError) return new NotMediaError(`of the ${which} file, ${message}`);
  return new Error(`of the ${which} file, ${explainRefusal(error) ?? message}`);
}

/**
 * What the system has refused, without its message: that has a path, which is for nobody who looks at the
 * comparison. `null` where the error is not the system's.
 */
function explainRefusal({ code, syscall }: NodeJS.ErrnoException): string | null {
  if (typeof code !== "string") return null;
  if (syscall === undefined || fileCalls.has(syscall)) return `it could not be read (${code})`;
  const [call] = syscall.split(" ");
  return `the system refused to work on it (${call} ${code})`;
}
