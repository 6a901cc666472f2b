/** A command, a setting or a file name that cannot be meant. Ends the program with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
