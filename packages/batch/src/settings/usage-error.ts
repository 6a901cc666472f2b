/** What a person has given is wrong: an option, a setting or a file name. The message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
