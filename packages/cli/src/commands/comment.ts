import { toPrintable, type UploadRecord } from "@clipcourier/batch";
import {
  type CommentOutcome,
  describeCleanUpFailure,
  describeCommentOutcome,
  type ForgeApi,
  ForgeError,
  type ForgeWait,
  type FoundPullRequest,
  findPullRequest,
  type MissingPullRequest,
  writeComment,
} from "@clipcourier/report";
import { type ChosenPull, choosePull, type PullFlags } from "../forge/choose-pull.js";
import { type CiJob, readCiJob, readPipeline } from "../forge/ci-job.js";
import { forgeNames } from "../forge/forge.js";
import { describeForgeFailure, hide } from "../forge/forge-failure.js";
import { readForgeToken } from "../forge/forge-token.js";
import { connectForge, openTarget } from "../forge/open-target.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { readResults } from "./read-results.js";

export interface CommentFlags extends PullFlags {
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
  using interrupt = listenForInterrupt();
  const outcome = await findAndWrite({ job, chosen, records, flags, stop: interrupt.signal });
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  if (flags.json) printJson(toDocument(outcome));
  tell(outcome, flags.json === true);
  const isFailed =
    outcome.kind === "failed" || (outcome.kind === "no-pull" && flags.ifNoPull === "error");
  return isFailed || !isComplete ? exitCode.failed : exitCode.done;
}

interface Work {
  job: CiJob | undefined;
  /** `undefined` when the build is of no pull request. */
  chosen: ChosenPull | undefined;
  records: readonly UploadRecord[];
  flags: CommentFlags;
  /** Aborted when the process is interrupted. */
  stop: AbortSignal;
}

async function findAndWrite(work: Work): Promise<Outcome> {
  const { job, chosen, flags, stop } = work;
  if (chosen === undefined || (chosen.number === undefined && chosen.lookUp === undefined)) {
    return { kind: "no-pull", reason: noPull };
  }
  const token = await readForgeToken({ repository: chosen, file: flags.tokenFile, job });
  const limit = AbortSignal.timeout(mostTime);
  try {
    return await write(chosen, work, token, AbortSignal.any([stop, limit]));
  } catch (error) {
    if (error instanceof ForgeError) {
      return { kind: "failed", reason: describeForgeFailure(error, chosen, token) };
    }
    if (!stop.aborted && !limit.aborted) throw error;
    const reason = `${forgeNames[chosen.forge]} took longer than 3 minutes. Run the command again later.`;
    return { kind: "failed", reason };
  }
}

async function write(
  chosen: ChosenPull,
  { records, flags: { key, sha, whenEmpty } }: Work,
  token: string,
  signal: AbortSignal,
): Promise<Outcome> {
  using api = connectForge(chosen, { token, signal, onWait: (wait) => tellWait(wait, token) });
  const pull = await findPull(api, chosen);
  if (pull.number === undefined) return { kind: "no-pull", reason: pull.reason };
  const target = openTarget(api, chosen, pull.number);
  const content = { key, records, sha: sha ?? pull.sha, run: chosen.run };
  const outcome = await writeComment(target, content, { whenEmpty });
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

function toDocument(outcome: Outcome): object {
  return {
    outcome: outcome.kind,
    url: "url" in outcome ? outcome.url : null,
    reason: "reason" in outcome ? outcome.reason : null,
  };
}

/** The one line about it: a result on stdout, anything else on stderr. */
function tell(outcome: Outcome, isJson: boolean): void {
  if (outcome.kind === "failed") printNote(toPrintable(`No comment: ${outcome.reason}`));
  else if (outcome.kind === "no-pull") printNote(toPrintable(`No comment: ${outcome.reason}.`));
  else if (!isJson) print(toPrintable(describeCommentOutcome(outcome)));
}
