import { fstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { GetIdToken } from "@clipcourier/core";
import { findRunner, requestRunnerToken } from "./runner-token.js";
import { UsageError } from "./usage-error.js";

/** An ID token of the CI job, which signs in instead of a secret. */
export interface IdTokenSource {
  getIdToken: GetIdToken;
  /** For messages: `CLIPCOURIER_ID_TOKEN`. */
  label: string;
  /**
   * Whether each token is made for the address that it is sent to, so that it is worth nothing
   * anywhere else.
   */
  isForAddress: boolean;
}

export const idTokenNames = { flag: "--id-token-file", variable: "CLIPCOURIER_ID_TOKEN" };

export interface IdTokenFlags {
  /** A path. */
  idTokenFile?: string;
}

/**
 * Finds the ID token: in the file of the flag, then in the variable, then at the runner of GitHub,
 * Forgejo or Gitea. A config file cannot name one.
 *
 * @throws UsageError when the file cannot be read, or what is given is no ID token
 */
export async function findIdToken(
  { idTokenFile }: IdTokenFlags,
  env: NodeJS.ProcessEnv,
): Promise<IdTokenSource | undefined> {
  if (idTokenFile !== undefined) {
    const read = await openTokenFile(idTokenFile);
    const getIdToken = async () => maskOnRunner(await read(), env);
    return { getIdToken, label: idTokenNames.flag, isForAddress: false };
  }
  const given = env[idTokenNames.variable];
  if (given) {
    const token = checkToken(given, idTokenNames.variable);
    const getIdToken = async () => maskOnRunner(token, env);
    return { getIdToken, label: idTokenNames.variable, isForAddress: false };
  }
  const runner = findRunner(env);
  if (runner === undefined) return undefined;
  return {
    // Nobody else has seen this token, and nothing prints it, so there is nothing to mask.
    getIdToken: (audience) => requestRunnerToken(runner, audience),
    label: "the runner's ID token",
    isForAddress: true,
  };
}

/**
 * Reads the file at once, and anew for each sign-in but the first: a token lasts for minutes, and a
 * long upload signs in again. A pipe is empty by then, and its only token is used again.
 */
async function openTokenFile(file: string): Promise<() => Promise<string>> {
  const label = `${idTokenNames.flag}: ${file}`;
  let last = checkToken(await readText(file), label);
  let isFirst = true;
  return async () => {
    const text = isFirst ? "" : await readText(file);
    isFirst = false;
    if (text.trim() !== "") last = checkToken(text, label);
    return last;
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${idTokenNames.flag}: ${file} cannot be read (${code}).`);
  }
}

/** The value is not printed: it may be a secret that was put into the wrong place. */
function checkToken(text: string, label: string): string {
  const token = text.trim();
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  const problem =
    token === "" ? "is empty" : "holds no ID token, which has three parts with dots between them";
  throw new UsageError(
    `${label} ${problem}. Check the command or the variable that it comes from.`,
  );
}

/**
 * Has a runner of GitHub, Forgejo or Gitea replace the token in the log, whoever prints it. Other CI
 * systems have no such command, so nothing is printed there. Runners read stderr as well as stdout,
 * which may be piped. In a file no runner reads the line, and the token would stay there.
 */
function maskOnRunner(token: string, env: NodeJS.ProcessEnv): string {
  if (env.GITHUB_ACTIONS === "true" && !fstatSync(process.stderr.fd).isFile()) {
    process.stderr.write(`::add-mask::${token}\n`);
  }
  return token;
}
