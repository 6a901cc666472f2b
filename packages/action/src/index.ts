import { setFailed } from "@actions/core";
import { InputError } from "./inputs/input-reader.js";
import { readInputs } from "./inputs/inputs.js";
import { run } from "./main.js";
import { attempt } from "./report/attempt.js";
import { setMissingOutputs } from "./report/outputs.js";
import { toLogLines } from "./runner/log.js";

try {
  await run(readInputs());
} catch (error) {
  // Later steps read the outputs even when this step has failed.
  await attempt("The outputs", setMissingOutputs);
  setFailed(describe(error));
}
// Connections that are kept alive must not delay the job. The exit waits until stdout is written.
process.stdout.write("", () => process.exit());

function describe(error: unknown): string {
  if (error instanceof InputError) return toLogLines(error.message);
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return toLogLines(`The action failed in an unexpected way; please report it.\n${reason}`);
}
