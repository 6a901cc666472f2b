import path from "node:path";
import { error as annotate } from "@actions/core";
import { findSharedReason, formatCount, type UploadRecord } from "@clipcourier/batch";
import { toLogLines, toLogText } from "../runner/log.js";

// GitHub shows ten error annotations of a step; one is left for the failure of the step.
const mostAnnotations = 9;

/**
 * Annotates the files that failed. Returns the message for the whole step; `undefined` when none
 * has failed.
 */
export function annotateFailures(records: readonly UploadRecord[]): string | undefined {
  const failed = records.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return undefined;
  const count = `${failed.length} of ${formatCount(records.length, "file")} failed`;
  const common = failed.length === records.length ? findCommonMessage(failed) : undefined;
  if (common !== undefined) return failed.length === 1 ? common : `${count}. ${common}`;
  for (const { file, error } of failed.slice(0, mostAnnotations)) {
    annotate(toLogLines(error?.message ?? ""), { title: "Not uploaded", file: locate(file) });
  }
  const more = failed.length - mostAnnotations;
  return more > 0
    ? `${count}: those above and ${more} more, which are in the summary.`
    : `${count}.`;
}

/** The reason that all failures share, such as a wrong secret: it is reported once. */
function findCommonMessage(failed: readonly UploadRecord[]): string | undefined {
  const [first, ...others] = failed.map(findSharedReason);
  return others.every((reason) => reason === first) ? first : undefined;
}

/** The path from the root of the repository, as GitHub needs it. */
function locate(file: string): string {
  const root = process.env.GITHUB_WORKSPACE ?? process.cwd();
  return toLogText(path.relative(root, path.resolve(file)).split(path.sep).join("/"));
}
