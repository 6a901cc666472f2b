/** Fails the step with a message for people. */
export class Problem extends Error {
  override readonly name = "Problem";
}
