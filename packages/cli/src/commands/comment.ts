import { toPrintable, type UploadRecord } from "@clipcourier/batch";
import {
  type CommentOutcome,
  type ComparedClips,
  compareAndComment,
  compareWithoutPull,
  describeCleanUpFailure,
  describeCommentOutcome,
  type ForgeApi,
  ForgeError,
  type ForgeLimit,
  type ForgeWait,
  type FoundPullRequest,
  findPullRequest,
  type MissingPullRequest,
  startForgeLimit,
  writeComment,
} from "@clipcourier/report";
import { type ChosenPull, choosePull, type PullFlags, toBase } from "../forge/choose-pull.js";
import { type CiJob, readCiJob, readPipeline } from "../forge/ci-job.js";
import { forgeNames } from "../forge/forge.js";
import { describeForgeFailure, hide } from "../forge/forge-failure.js";
import { readForgeToken } from "../forge/forge-token.js";
import { connectForge, openTarget } from "../forge/open-target.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import {
  type CompareFlags,
  connectToCompare,
  judgeChanges,
  toComparison,
} from "./compare-comment.js";
import type { Connection } from "./connect.js";
import { readResults } from "./read-results.js";

export interface CommentFlags extends PullFlags, CompareFlags {
  key: string;
  whenEmpty: "update" | "delete";
  ifNoPull: "ignore" | "error";
  tokenFile?: string;
  json?: boolean;
}

/**
 * What became of the comment. `no-pull`: the build is of no pull request; `failed`: the forge did not
 * do what was asked. `reason` is a text for people.
 */
type Outcome =
  | CommentOutcome
  | { kind: "no-pull"; reason: string }
  | { kind: "failed"; reason: string };

const noPull = "this build is of no pull request";

// Milliseconds. A job that waits costs paid minutes.
const mostTime = 3 * 60_000;

/** `clipcourier comment <results…>` */
export async function comment(patterns: readonly string[], flags: CommentFlags): Promise<ExitCode> {
  const { records, isComplete } = await readResults(patterns);
  const job = await readCiJob(process.env);
  const chosen = choosePull(flags, job, readPipeline(process.env, job));
  await using service = await connectToCompare(flags);
  using interrupt = listenForInterrupt();
  const found: Found = { compared: undefined };
  const stop = interrupt.signal;
  const outcome = await findAndWrite({ job, chosen, records, flags, service, found, stop });
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  const { compared } = found;
  if (flags.json) printJson(toDocument(outcome, compared));
  tell(outcome, flags.json === true);
  const isFailed =
    outcome.kind === "failed" || (outcome.kind === "no-pull" && flags.ifNoPull === "error");
  if (isFailed || !isComplete) return exitCode.failed;
  return judgeChanges(compared, flags);
}

/** What is known also where the comment fails later; `undefined` where nothing was to be compared. */
interface Found {
  compared: ComparedClips | undefined;
}

interface Work {
  job: CiJob | undefined;
  /** `undefined` when the build is of no pull request. */
  chosen: ChosenPull | undefined;
  records: readonly UploadRecord[];
  flags: CommentFlags;
  /** What compares the clips; `undefined` where nothing does. */
  service: Connection | undefined;
  found: Found;
  /** Aborted when the process is interrupted. */
  stop: AbortSignal;
}

async function findAndWrite(work: Work): Promise<Outcome> {
  const { job, chosen, flags, stop } = work;
  if (chosen === undefined || (chosen.number === undefined && chosen.lookUp === undefined)) {
    return { kind: "no-pull", reason: noPull };
  }
  const token = await readForgeToken({ repository: chosen, file: flags.tokenFile, job });
  using limit = startForgeLimit(mostTime);
  try {
    return await write(chosen, work, token, limit);
  } catch (error) {
    if (error instanceof ForgeError) {
      return { kind: "failed", reason: describeForgeFailure(error, chosen, token) };
    }
    if (!stop.aborted && !limit.signal.aborted) throw error;
    const reason = `${forgeNames[chosen.forge]} took longer than 3 minutes. Run the command again later.`;
    return { kind: "failed", reason };
  }
}

async function write(
  chosen: ChosenPull,
  { job, records, flags, service, found, stop }: Work,
  token: string,
  limit: ForgeLimit,
): Promise<Outcome> {
  const { key, sha, whenEmpty } = flags;
  const signal = AbortSignal.any([stop, limit.signal]);
  using api = connectForge(chosen, { token, signal, onWait: (wait) => tellWait(wait, token) });
  const pull = await findPull(api, chosen);
  if (pull.number === undefined) {
    const { reason, isUnknown } = pull;
    if (service && isUnknown && records.length > 0) found.compared = compareWithoutPull(reason);
    return { kind: "no-pull", reason };
  }
  const target = openTarget(api, chosen, pull.number);
  const content = { key, records, sha: sha ?? pull.sha, run: chosen.run };
  const base = chosen.base ?? (job && pull.base ? toBase(job, pull.base) : undefined);
  const comparison = service && {
    ...{ ...toComparison(flags, service.client, stop), base, limit },
    onCompared: (compared: ComparedClips) => {
      found.compared = compared;
    },
  };
  const outcome = comparison
    ? await compareAndComment(target, content, { whenEmpty }, comparison)
    : await writeComment(target, content, { whenEmpty });
  const left = describeCleanUpFailure(outcome);
  if (left !== undefined) printNote(toPrintable(hide(left, token)));
  return outcome;
}

async function findPull(
  api: ForgeApi,
  { number, sha, lookUp }: ChosenPull,
): Promise<FoundPullRequest | MissingPullRequest> {
  if (number !== undefined) return { number, sha };
  if (lookUp !== undefined) return findPullRequest(api, lookUp);
  return { reason: noPull };
}

function tellWait({ error, milliseconds }: ForgeWait, token: string): void {
  const seconds = Math.ceil(milliseconds / 1000);
  printNote(toPrintable(hide(`Trying again in ${seconds} s: ${error.message}.`, token)));
}

function toDocument(outcome: Outcome, compared: ComparedClips | undefined): object {
  return {
    outcome: outcome.kind,
    url: "url" in outcome ? outcome.url : null,
    reason: "reason" in outcome ? outcome.reason : null,
    ...(compared && {
      changes: compared.changes.map(({ amount: _, ...change }) => change),
      problems: compared.problems,
    }),
  };
}

/** The one line about it: a result on stdout, anything else on stderr. */
function tell(outcome: Outcome, isJson: boolean): void {
  if (outcome.kind === "failed") printNote(toPrintable(`No comment: ${outcome.reason}`));
  else if (outcome.kind === "no-pull") printNote(toPrintable(`No comment: ${outcome.reason}.`));
  else if (!isJson) print(toPrintable(describeCommentOutcome(outcome)));
}
