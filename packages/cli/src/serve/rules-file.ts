import { readFile } from "node:fs/promises";
import {
  type GitHubOptions,
  parseGitHubOptions,
  parseSignInRules,
  type SignInRules,
} from "@clipcourier/service";
import { UsageError } from "../terminal/usage-error.js";

/** Who signs in without a secret, as the files of the flags say. */
export interface KeylessRules {
  signInRules?: SignInRules;
  github?: GitHubOptions;
}

export interface KeylessFlags {
  /** A path. */
  signInRules?: string;
  /** A path. */
  githubRules?: string;
  publicUrl?: string;
}

/** Reads the rules for jobs that sign in without a secret. */
export async function readKeylessRules(flags: KeylessFlags): Promise<KeylessRules> {
  const { signInRules, githubRules } = flags;
  const rules: KeylessRules = {};
  if (signInRules !== undefined) {
    rules.signInRules = await readRules("--sign-in-rules", signInRules, parseSignInRules);
  }
  if (githubRules !== undefined) {
    rules.github = await readRules("--github-rules", githubRules, parseGitHubOptions);
  }
  if (flags.publicUrl === undefined) refuseWithoutAudience(rules);
  return rules;
}

function refuseWithoutAudience({ signInRules, github }: KeylessRules): void {
  const lacks = ({ audience }: { audience?: string | undefined }) => audience === undefined;
  const isMissing = signInRules?.issuers.some(lacks) === true;
  if (!isMissing && !(github && lacks(github))) return;
  const flag = isMissing ? "--sign-in-rules" : "--github-rules";
  throw new UsageError(
    `${flag} needs --public-url: tokens are made for the address that jobs upload to.`,
  );
}

async function readRules<T>(flag: string, file: string, parse: (value: unknown) => T): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${flag}: ${file} cannot be read (${code}).`);
  }
  try {
    // Some editors on Windows write a byte order mark first.
    return parse(JSON.parse(text.replace(/^\u{feff}/u, "")));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not valid JSON." : String(error);
    // What the service calls the option is the file itself here.
    const shown = reason.replace(/^Error: (signInRules(\.|: ))?/, "");
    throw new UsageError(`${flag}: ${file}: ${shown}`);
  }
}
