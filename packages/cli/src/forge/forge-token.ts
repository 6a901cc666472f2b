import { readFile } from "node:fs/promises";
import { UsageError } from "@clipcourier/batch";
import { type Forge, forgeNames, publicApis, type Repository } from "./forge.js";

/** For any server, and before the variables of the forge. */
const ownVariable = "CLIPCOURIER_FORGE_TOKEN";

/** Where the token is looked for, the first that is set: never in an option, which others can see. */
export const tokenVariables: Readonly<Record<Forge, readonly string[]>> = {
  github: ["GITHUB_TOKEN", "GH_TOKEN"],
  gitlab: ["GITLAB_TOKEN"],
  gitea: ["FORGEJO_TOKEN", "GITEA_TOKEN", "GITHUB_TOKEN"],
};

interface TokenRequest {
  /** The API that the token is sent to. */
  repository: Repository;
  /** The file that `--token-file` names. */
  file: string | undefined;
  /** The job that this process runs in. */
  job: Repository | undefined;
}

/**
 * Reads the token of a forge. An address may name any server, so the variables of a forge are read
 * only for the server that they are for.
 *
 * @throws UsageError when there is no token, or one that cannot be one. The message does not have it.
 */
export async function readForgeToken(
  { repository, file, job }: TokenRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (file !== undefined) return check(await readTokenFile(file), `--token-file: ${file}`);
  const { forge, api } = repository;
  const isKnown = isKnownServer(repository, job);
  const names = isKnown ? [ownVariable, ...tokenVariables[forge]] : [ownVariable];
  const variable = names.find((name) => env[name]);
  if (variable !== undefined) return check(env[variable] ?? "", variable);
  if (!isKnown) {
    throw new UsageError(
      `There is no token for ${new URL(api).host}: set ${ownVariable}, or give --token-file. ` +
        `A token of another server is never sent there, so ${forgeNames[forge]}'s variables are not read: ${tokenVariables[forge].join(", ")}.`,
    );
  }
  const jobToken =
    forge === "gitlab" && env.CI_JOB_TOKEN
      ? " GitLab lets CI_JOB_TOKEN read comments and not write them: make a project access token with the role Reporter and the scope api."
      : "";
  throw new UsageError(
    `There is no token for ${forgeNames[forge]}: set ${names.join(" or ")}, or give --token-file.${jobToken} ` +
      "A pull request from a fork does not get the secrets of a CI.",
  );
}

/** Whether the variables of the forge hold a token for this server: the job's own, else the public one. */
function isKnownServer({ forge, api }: Repository, job: Repository | undefined): boolean {
  if (job?.forge === forge && job.api === api) return true;
  if (api !== publicApis[forge]) return false;
  // In a job of a server of somebody's own, they hold the token of that server.
  return !tokenVariables[forge].some((name) => job && tokenVariables[job.forge].includes(name));
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`--token-file: ${file} cannot be read (${code}).`);
  }
}

function check(text: string, label: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(
    `${label} holds no token: it must be visible ASCII characters without spaces. Check how it was pasted.`,
  );
}
