import { readFile } from "node:fs/promises";
import { UsageError } from "@clipcourier/batch";
import {
  type GitHubOptions,
  parseGitHubOptions,
  parseSignInRules,
  type SignInRules,
} from "@clipcourier/service";
import { flagOf, type ServeKeyName } from "./config/serve-keys.js";
import type { ServeSettings } from "./config/serve-settings.js";

/** Who signs in without a secret, as the files of the flags say. */
export interface KeylessRules {
  signInRules?: SignInRules;
  github?: GitHubOptions;
}

/** Reads the rules for jobs that sign in without a secret. */
export async function readKeylessRules({ values, labelOf }: ServeSettings): Promise<KeylessRules> {
  const { signInRules, githubRules } = values;
  const rules: KeylessRules = {};
  if (signInRules !== undefined) {
    rules.signInRules = await readRules(labelOf("signInRules"), signInRules, parseSignInRules);
  }
  if (githubRules !== undefined) {
    rules.github = await readRules(labelOf("githubRules"), githubRules, parseGitHubOptions);
  }
  if (values.publicUrl === undefined) {
    const name = findWithoutAudience(rules);
    if (name !== null) throw describeWithoutAudience(labelOf(name));
  }
  return rules;
}

function findWithoutAudience({ signInRules, github }: KeylessRules): ServeKeyName | null {
  const lacks = ({ audience }: { audience?: string | undefined }) => audience === undefined;
  if (signInRules?.issuers.some(lacks)) return "signInRules";
  return github && lacks(github) ? "githubRules" : null;
}

function describeWithoutAudience(label: string): UsageError {
  return new UsageError(
    `${label} needs ${flagOf("publicUrl")}: tokens are made for the address that jobs upload to.`,
  );
}

async function readRules<T>(label: string, file: string, parse: (value: unknown) => T): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${label}: ${file} cannot be read (${code}).`);
  }
  try {
    // Some editors on Windows write a byte order mark first.
    return parse(JSON.parse(text.replace(/^\u{feff}/u, "")));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not valid JSON." : String(error);
    // What the service calls the option is the file itself here.
    const shown = reason.replace(/^Error: (signInRules(\.|: ))?/, "");
    throw new UsageError(`${label}: ${file}: ${shown}`);
  }
}
