/** What makes the step fail, told to a person as it stands. */
export class Problem extends Error {
  override readonly name = "Problem";
}
