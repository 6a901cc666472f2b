import { UsageError } from "@clipcourier/batch";
import { parsePullRequest } from "@clipcourier/core";
import { noPull } from "./choose-pull.js";
import { readCiJob } from "./ci-job.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The address of a pull request as services compare it, or why there is none. */
export type KeptPull = { address: string } | { reason: string };

/**
 * Which pull request is meant by an address, or by `auto`, which is that of the CI job.
 *
 * @param label of what was given, for messages
 * @throws UsageError for what is no address, and for `auto` where no variables tell of a job
 */
export async function findKeptPull(
  given: string,
  label: string,
  env: Environment,
): Promise<KeptPull> {
  if (noPull.test(given)) return { reason: "this build is of no pull request" };
  const address = given === "auto" ? await findOwnAddress(label, env) : given;
  if (address === undefined) return { reason: "the variables of this job name no pull request" };
  const pull = parsePullRequest(address);
  if (pull) return { address: pull.address };
  throw new UsageError(
    `${label} takes the address of a pull request or merge request such as https://github.com/octo/intro/pull/7, or auto.`,
  );
}

async function findOwnAddress(label: string, env: Environment): Promise<string | undefined> {
  const job = await readCiJob(env);
  if (job !== undefined) return job.pullAddress;
  throw new UsageError(
    `${label}: auto is for jobs of GitHub, GitLab, Gitea and Forgejo. Elsewhere give the address of the pull request.`,
  );
}
