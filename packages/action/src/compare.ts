import { setFailed, setOutput } from "@actions/core";
import { formatCount } from "@clipcourier/batch";
import type { DirectUploadClient } from "@clipcourier/core";
import {
  type BaseCommit,
  type CommentComparison,
  type ComparedClips,
  type FoundPullRequest,
  isSeenChange,
  type RunContext,
} from "@clipcourier/report";
import type { ClipInputs } from "./inputs/inputs.js";
import { findServerName } from "./runner/forge.js";
import { logLine, toLogLines, warn } from "./runner/log.js";

/** How clips are compared, without what the comment knows. */
export type Compare = Omit<CommentComparison, "base" | "limit" | "onCompared">;

/** `undefined` where the inputs ask for no comparison. */
export function createCompare(
  { compare, privateLinks: linksFor }: ClipInputs,
  client: DirectUploadClient,
  signal: AbortSignal,
): Compare | undefined {
  if (compare === undefined) return undefined;
  const { tolerance, ignore, failOnChange: fromBase } = compare;
  return { client, signal, fromBase, tolerance, ignore, linksFor, onLine: logLine };
}

/** The commit that the pull request of the run is based on. */
export function findBaseCommit(
  { repository: { owner, repo } }: RunContext,
  { base: commit }: FoundPullRequest,
): BaseCommit | undefined {
  if (commit === undefined) return undefined;
  return { repository: `${findServerName()}/${owner}/${repo}`, commit };
}

/** Sets the outputs that say what has changed. */
export function setChangeOutputs({ changes }: Partial<ComparedClips> = {}): void {
  setOutput("changed-count", changes?.filter(isSeenChange).length ?? "");
  const shown = changes?.map(({ amount: _, ...change }) => change);
  setOutput("diff", JSON.stringify(shown ?? []));
}

/** Fails the step where clips have changed and `fail-on-change` asks for that; what is not known is a warning. */
export function concludeChanges(
  { compare }: ClipInputs,
  { changes, problems }: ComparedClips,
): void {
  if (!compare?.failOnChange) return;
  const unknown = changes.filter(({ verdict }) => verdict === null || verdict === "cannot-tell");
  const names = unknown.map(({ file }) => file).join(", ");
  const reasons = [...(names === "" ? [] : [`${names}.`]), ...problems];
  if (reasons.length > 0) {
    warn(`It is not known whether something has changed: ${reasons.join(" ")}`);
  }
  const changed = changes.filter(isSeenChange);
  if (changed.length === 0) return;
  const lines = changed.map(({ file, summary, url }) => `${file}: ${summary} ${url}`);
  const verb = changed.length === 1 ? "has" : "have";
  setFailed(
    toLogLines([`${formatCount(changed.length, "clip")} ${verb} changed.`, ...lines].join("\n")),
  );
}
