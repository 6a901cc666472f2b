import { UsageError } from "@clipcourier/batch";
import type { BaseCommit, CommentRun, RunContext } from "@clipcourier/report";
import type { CiJob } from "./ci-job.js";
import { type Forge, forgeNames, publicApis, type Repository, trimSlashes } from "./forge.js";
import { type PullAddress, parsePullAddress } from "./pull-address.js";
import { serverOf } from "./server-name.js";

/** The flags that say which pull request. */
export interface PullFlags {
  forge?: Forge | "forgejo";
  forgeApi?: string;
  repo?: string;
  /** A number or an address; empty, `false` or `null` where a CI has none. */
  pull?: string;
  sha?: string;
  run?: number;
}

/** The pull request to comment on, as far as it is known without asking the forge. */
export interface ChosenPull extends Repository {
  /** `undefined` when the build is of no pull request, or it must be looked up. */
  number: number | undefined;
  /** The job whose pull request must be looked up. */
  lookUp: RunContext | undefined;
  sha: string | undefined;
  /** The commit that it is based on, where the job knows it. */
  base: BaseCommit | undefined;
  run: CommentRun | undefined;
}

/**
 * Chooses by the flags, and by the variables of the CI for what they do not say.
 *
 * @param pipeline what the CI numbers its builds by
 * @returns `undefined` when `--pull` says that the build is of no pull request
 * @throws UsageError when it is not clear which forge, repository or pull request
 */
export function choosePull(
  flags: PullFlags,
  job: CiJob | undefined,
  pipeline: string | undefined,
): ChosenPull | undefined {
  const { pull } = flags;
  if (pull !== undefined && noPull.test(pull)) return undefined;
  const address = readAddress(pull);
  const repository = chooseRepository(flags, address, job);
  const ownJob = job !== undefined && isOwnRepository(job, repository) ? job : undefined;
  if (pull === undefined && ownJob === undefined) {
    throw new UsageError("--pull is missing: the number or the address of the pull request.");
  }
  const number = address?.number ?? (pull === undefined ? ownJob?.number : Number(pull));
  const isLookedUp = number === undefined;
  const built = isLookedUp || isBuilt(ownJob, number) ? ownJob : undefined;
  const counting = pipeline === undefined ? {} : { pipeline };
  return {
    ...repository,
    number,
    lookUp: isLookedUp ? ownJob?.context : undefined,
    sha: flags.sha ?? built?.sha,
    base: built?.base ? toBase(built, built.base) : undefined,
    run: flags.run === undefined ? built?.run : { ...counting, number: flags.run },
  };
}

/** The commit as the service knows it, of the repository of the job. */
export function toBase(job: CiJob, commit: string): BaseCommit {
  return { repository: `${serverOf(job)}/${job.projectPath ?? job.path}`, commit };
}

/** Names of owners and repositories are the same in upper and lower case. */
function isOwnRepository(job: CiJob, { forge, api, path }: Repository): boolean {
  const names = [job.path, job.projectPath].map((name) => name?.toLowerCase());
  return job.forge === forge && job.api === api && names.includes(path.toLowerCase());
}

/** Whether the job built a commit of that pull request, as far as its variables tell. */
function isBuilt(job: CiJob | undefined, number: number): boolean {
  if (job?.number !== undefined) return job.number === number;
  return job?.isOfPush === true;
}

/** What CIs set where a build is of no pull request, also as the end of an address. */
export const noPull = /^(?:|.*\/(?:pulls?|merge_requests)\/)(?:false|null)?$/;

function readAddress(pull: string | undefined): PullAddress | undefined {
  if (pull === undefined || /^[1-9]\d{0,9}$/.test(pull)) return undefined;
  const address = parsePullAddress(pull);
  if (address !== undefined) return address;
  throw new UsageError(
    "--pull takes a number, or the address of a pull request or merge request such as https://github.com/octo/intro/pull/7.",
  );
}

function chooseRepository(
  flags: PullFlags,
  address: PullAddress | undefined,
  job: CiJob | undefined,
): Repository {
  const given = flags.forge === "forgejo" ? "gitea" : flags.forge;
  const forge = given ?? address?.forge ?? job?.forge;
  if (forge === undefined) {
    throw new UsageError(
      "It is not known where the pull request is: give its address with --pull, or --forge, --repo and --pull.",
    );
  }
  if (address !== undefined && address.forge !== forge) {
    throw new UsageError(
      `--pull is an address on ${forgeNames[address.forge]}, and --forge is ${flags.forge}. Leave one of them out.`,
    );
  }
  const known = address ?? (job?.forge === forge ? job : undefined);
  const api = flags.forgeApi ?? known?.api ?? publicApis[forge];
  if (api === undefined) {
    throw new UsageError("--forge-api is missing: the API, such as https://codeberg.org/api/v1.");
  }
  const path = flags.repo ?? known?.path;
  if (path === undefined) throw new UsageError("--repo is missing, such as owner/name.");
  if (forge !== "gitlab" && !/^[^/]+\/[^/]+$/.test(path)) {
    throw new UsageError("--repo must be owner/name, such as octo/intro.");
  }
  return { forge, api: trimSlashes(api), path };
}
