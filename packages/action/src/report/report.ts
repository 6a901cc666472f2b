import { setFailed } from "@actions/core";
import type { UploadRecord } from "@clipcourier/batch";
import { type ComparedClips, describeCounts, writeResultsFile } from "@clipcourier/report";
import { commentOnPullRequest } from "../comment.js";
import { type Compare, concludeChanges, setChangeOutputs } from "../compare.js";
import type { ClipInputs } from "../inputs/inputs.js";
import { logLine, toLogLines, warn, withGroup } from "../runner/log.js";
import type { Problem } from "../runner/problem.js";
import { annotateFailures } from "./annotations.js";
import { attempt } from "./attempt.js";
import { setOutputs } from "./outputs.js";
import { writeSummary } from "./summary.js";

/**
 * Reports the clips in every way that the inputs ask for. Each way fails by itself. The outputs are
 * set first, so that no later failure can prevent them.
 */
export async function report(
  inputs: ClipInputs,
  records: readonly UploadRecord[],
  cancelled: AbortSignal,
  compare?: Compare,
): Promise<void> {
  const { resultsFile, summary } = inputs;
  const hasOutputs = await attempt("The outputs", () => setOutputs(records, resultsFile));
  if (resultsFile !== undefined) {
    await attempt("The results file", () => writeResultsFile(resultsFile, records));
  }
  if (records.length > 0) {
    logLine(`Clips: ${describeCounts(records)}`);
    if (summary) await attempt("The summary", () => writeSummary(records));
  }
  const compared = await comment(inputs, records, cancelled, compare);
  if (hasOutputs && compared !== undefined) {
    await attempt("The outputs", () => setChangeOutputs(compared));
  }
  conclude(inputs, records, cancelled, hasOutputs);
  if (compared !== undefined) concludeChanges(inputs, compared);
}

/** Reports what ended the step before there were any clips, and fails it. */
export async function reportProblem(
  inputs: ClipInputs,
  problem: Problem,
  cancelled: AbortSignal,
): Promise<void> {
  await attempt("The outputs", () => setOutputs([], inputs.resultsFile));
  // An earlier comment would look as if it were about this commit.
  await comment(inputs, [], cancelled);
  setFailed(toLogLines(problem.message));
}

async function comment(
  inputs: ClipInputs,
  records: readonly UploadRecord[],
  cancelled: AbortSignal,
  compare?: Compare,
): Promise<ComparedClips | undefined> {
  const isDry = inputs.kind === "upload" && inputs.dryRun;
  if (inputs.comment === "false" || isDry || cancelled.aborted) return undefined;
  return withGroup("Comment", () => commentOnPullRequest(records, inputs, cancelled, compare));
}

function conclude(
  inputs: ClipInputs,
  records: readonly UploadRecord[],
  cancelled: AbortSignal,
  hasOutputs: boolean,
): void {
  // When results are gathered, the jobs that uploaded have already failed.
  const failure = inputs.kind === "gather" ? undefined : annotateFailures(records);
  if (cancelled.aborted) {
    setFailed(
      `Cancelled: ${describeCounts(records)}. Run the job again to upload what is missing.`,
    );
  } else if (failure !== undefined) {
    if (inputs.failOnError) setFailed(toLogLines(failure));
    else warn(failure);
  }
  // Later steps would work with empty texts, as if there were no clips.
  if (!hasOutputs) setFailed("The outputs of this step could not be set; see the warning above.");
}
