import { type GitHubOptions, parseGitHubOptions, toIssuerRules } from "./github-rules.js";
import { type IssuerEntry, KeylessSignIn } from "./keyless-sign-in.js";
import { parseSignInRules } from "./parse-sign-in-rules.js";
import { describeProblem, type Problem } from "./rule-format.js";
import { findConflict } from "./rule-problems.js";
import type { IssuerRules, SignInRules } from "./sign-in-rules.js";

interface KeylessOptions {
  signInRules?: SignInRules;
  github?: GitHubOptions;
}

/**
 * Keyless sign-in by all the rules that are given, or `null` where there are none.
 *
 * @param audience of the rules that name none
 * @throws Error that begins with the name of the option
 */
export function openKeyless(
  { signInRules, github }: KeylessOptions,
  audience: string | undefined,
): KeylessSignIn | null {
  const short = github === undefined ? [] : [toIssuerRules(parseGitHubOptions(github))];
  const issuers = signInRules === undefined ? [] : parseSignInRules(signInRules).issuers;
  const entries = short.map((entry) => addAudience(entry, audience, "github", []));
  for (const [index, entry] of issuers.entries()) {
    const path = ["issuers", index];
    const conflict = findConflict(short, entry);
    if (conflict) {
      throw describeProblem("signInRules", { ...conflict, path: [...path, ...conflict.path] });
    }
    entries.push(addAudience(entry, audience, "signInRules", path));
  }
  return entries.length > 0 ? new KeylessSignIn(entries) : null;
}

/** The audience is never taken from a request, whose sender could choose any. */
function addAudience(
  entry: IssuerRules,
  audience: string | undefined,
  name: string,
  path: Problem["path"],
): IssuerEntry {
  const chosen = entry.audience ?? audience;
  if (chosen !== undefined) return { ...entry, audience: chosen };
  const message = "publicUrl is needed, or an audience that tokens are issued for";
  throw describeProblem(name, { path, message });
}
