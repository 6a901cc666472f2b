/** The command line, a setting or a file name is wrong. The process exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
