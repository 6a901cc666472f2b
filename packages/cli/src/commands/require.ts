import { toPrintable, UsageError } from "@clipcourier/batch";
import { ForgeError } from "@clipcourier/report";
import { type Finding, findRequired } from "../evidence/require-clip.js";
import { choosePull, type PullFlags } from "../forge/choose-pull.js";
import { readCiJob } from "../forge/ci-job.js";
import { forgeNames, type Repository } from "../forge/forge.js";
import { hide } from "../forge/forge-failure.js";
import { readForgeToken } from "../forge/forge-token.js";
import { connectForge } from "../forge/open-target.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { type ClipsFlags, connectToRead } from "./clips.js";

export interface RequireFlags extends ClipsFlags, Pick<PullFlags, "forgeApi" | "repo" | "pull"> {
  forge?: "github" | "gitea" | "forgejo";
  path: string[];
  tokenFile?: string;
}

/** `clipcourier require` */
export async function requireClip(flags: RequireFlags): Promise<ExitCode> {
  const job = await readCiJob(process.env);
  const chosen = choosePull(flags, job, undefined);
  if (chosen === undefined) {
    print("This build is of no pull request: no clip is needed.");
    return exitCode.done;
  }
  if (chosen.forge === "gitlab") {
    throw new UsageError(
      "require knows pull requests of GitHub, Gitea and Forgejo, and not GitLab's merge requests.",
    );
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
  const requirement = { paths: flags.path, repository: chosen, server: serverOf(chosen), number };
  try {
    const finding = await findRequired(api, connection.client, requirement, signal);
    if (flags.json) printJson(toDocument(finding));
    else tell(finding, flags.path, number);
    return finding.outcome === "missing" ? exitCode.failed : exitCode.done;
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    if (!(error instanceof ForgeError)) throw error;
    throw new Error(describeFailure(error, chosen, token));
  }
}

/** As statements name the server: its host, and the path below which its pages are. */
function serverOf({ api }: Repository): string {
  const page = process.env.GITHUB_SERVER_URL;
  if (page && process.env.GITHUB_API_URL?.replace(/\/+$/, "") === api) {
    return page.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  }
  const { host, pathname } = new URL(api);
  return host.replace(/^api\./, "") + pathname.replace(/\/api\/v\d+$/, "").replace(/\/$/, "");
}

function describeFailure({ message }: ForgeError, { forge, path }: Repository, token: string) {
  const reason = toPrintable(hide(message, token));
  return `The pull request cannot be read on ${forgeNames[forge]} (${reason}). The token needs to read pull requests and contents of ${path}; of a job pull-requests: read and contents: read.`;
}

function toDocument({ outcome, head, files, isCut, recordings, others }: Finding): object {
  const clips = recordings.map(({ clip, run }) => ({ id: clip.id, url: clip.url, run }));
  return { outcome, head, files, incomplete: isCut, clips, others };
}

function tell(finding: Finding, paths: readonly string[], number: number): void {
  const { outcome, head, recordings } = finding;
  const short = head.slice(0, 7);
  if (finding.isCut) {
    printNote("The forge has not listed all changed files, so a clip is needed anyway.");
  }
  if (outcome === "unneeded") {
    print(toPrintable(`Nothing below ${paths.join(", ")} has changed: no clip is needed.`));
  } else if (outcome === "met") {
    print(`There is a verified clip for ${short} of pull request ${number}:`);
    for (const url of new Set(recordings.map(({ clip }) => clip.url))) print(toPrintable(url));
  } else printNote(toPrintable(describeMissing(finding, number)));
}

function describeMissing({ head, files, others }: Finding, number: number): string {
  const [first, ...more] = files;
  const also = more.length === 0 ? "" : ` and ${more.length} more`;
  const what = first === undefined ? "" : `, which changes ${first}${also}`;
  const earlier =
    others.length === 0
      ? ""
      : ` There are verified clips of other commits (${others.map((sha) => sha.slice(0, 7)).join(", ")}): record it again.`;
  return (
    `There is no verified clip for ${head.slice(0, 7)} of pull request ${number}${what}.${earlier} ` +
    "Upload a recording in a job of that commit that signs in with its ID token (permissions: id-token: write), not with a secret; then run this again."
  );
}
