import { toPrintable, UsageError } from "@clipcourier/batch";
import {
  describeFinding,
  describePatternFault,
  type Finding,
  ForgeError,
  findRequired,
} from "@clipcourier/report";
import { choosePull, type PullFlags } from "../forge/choose-pull.js";
import { readCiJob } from "../forge/ci-job.js";
import { forgeNames, type Repository } from "../forge/forge.js";
import { hide } from "../forge/forge-failure.js";
import { readForgeToken } from "../forge/forge-token.js";
import { connectForge, openChanges } from "../forge/open-target.js";
import { serverOf } from "../forge/server-name.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { type ClipsFlags, connectToRead } from "./clips.js";

export interface RequireFlags extends ClipsFlags, Pick<PullFlags, "forgeApi" | "repo" | "pull"> {
  forge?: "github" | "gitlab" | "gitea" | "forgejo";
  path: string[];
  tokenFile?: string;
}

/** `clipcourier require` */
export async function requireClip(flags: RequireFlags): Promise<ExitCode> {
  for (const path of flags.path) {
    const fault = describePatternFault(path);
    if (fault !== undefined) throw new UsageError(`--path ${toPrintable(fault)}.`);
  }
  const job = await readCiJob(process.env);
  const chosen = choosePull(flags, job, undefined);
  if (chosen === undefined) {
    if (job?.number !== undefined) {
      throw new UsageError(
        `--pull names no pull request, but this job is of ${job.number}. Leave it out, or give the number.`,
      );
    }
    print("This build is of no pull request: no clip is needed.");
    return exitCode.done;
  }
  const { number } = chosen;
  if (number === undefined) {
    throw new UsageError("--pull is missing: the number or the address of the pull request.");
  }
  const token = await readForgeToken({ repository: chosen, file: flags.tokenFile, job });
  await using connection = await connectToRead(flags);
  using interrupt = listenForInterrupt();
  const { signal } = interrupt;
  using api = connectForge(chosen, { token, signal, onWait: () => {} });
  const pull = openChanges(api, chosen, number);
  const requirement = { paths: flags.path, server: serverOf(chosen), built: job?.built };
  try {
    const finding = await findRequired(pull, connection.client, requirement, signal);
    if (flags.json) printJson(toDocument(finding));
    else tell(finding, flags.path, number);
    return finding.outcome === "missing" ? exitCode.failed : exitCode.done;
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    if (!(error instanceof ForgeError)) throw error;
    throw new Error(describeFailure(error, chosen, token));
  }
}

function describeFailure({ message }: ForgeError, { forge, path }: Repository, token: string) {
  const reason = toPrintable(hide(message, token));
  return `The pull request cannot be read on ${forgeNames[forge]} (${reason}). The token needs to read pull requests and contents of ${path}; of a job pull-requests: read and contents: read, on GitLab the scope read_api.`;
}

function toDocument({ outcome, head, files, isCut, isFork, recordings, others }: Finding): object {
  const clips = recordings.map(({ clip, run }) => ({ id: clip.id, url: clip.url, run }));
  return { outcome, head, files, incomplete: isCut, fork: isFork, clips, others };
}

function tell(finding: Finding, paths: readonly string[], number: number): void {
  const say = finding.outcome === "missing" ? printNote : print;
  for (const line of describeFinding(finding, { paths, number })) say(toPrintable(line));
}
