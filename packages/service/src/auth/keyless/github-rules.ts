import * as v from "valibot";
import {
  account,
  audience,
  describeProblem,
  forks,
  listOf,
  objectOf,
  parseShape,
  secureAddress,
  text,
} from "./rule-format.js";
import { findIssuerProblem } from "./rule-problems.js";
import type { IssuerRules } from "./sign-in-rules.js";

/**
 * Which workflow runs may sign in, and to which account. Each key that is named after a claim of the
 * token must match that claim; a key that is left out matches every value. `*` matches any
 * characters. One of `repository`, `repository_id` and `repository_owner_id` is needed.
 *
 * @example
 * ```ts
 * const rule: GitHubRule = { repository: "octo/intro", event_name: "push", account: "acc_team1" };
 * ```
 */
export interface GitHubRule {
  /**
   * `octo/intro`, or `octo/*`. No `*` in the owner: anyone can create one with a similar name.
   *
   * @default any
   */
  repository?: string | undefined;
  /**
   * The repository's numeric id as text, such as `"1296269"`. It stays when the repository gets
   * another name, and keeps out whoever takes over the old one.
   *
   * @default any
   */
  repository_id?: string | undefined;
  /**
   * The owner's numeric id as text, such as `"583231"`. It keeps out whoever registers the owner's
   * name after it was given up.
   *
   * @default any
   */
  repository_owner_id?: string | undefined;
  /**
   * The full ref: `refs/heads/main`, `refs/tags/v*`, `refs/pull/*`.
   *
   * @default any
   */
  ref?: string | undefined;
  /**
   * The deployment environment of the job, such as `production`.
   *
   * @default any, or none
   */
  environment?: string | undefined;
  /**
   * The event that started the run, such as `push`. An event that a fork can trigger needs `forks`.
   *
   * @default any
   */
  event_name?: string | undefined;
  /**
   * Whether runs that a fork can trigger may sign in as well.
   *
   * @default false
   */
  forks?: boolean | undefined;
  /** The account that the clips belong to, such as `acc_team1`. It need not exist yet. */
  account: string;
}

/** Rules for GitHub alone: a short form of an entry of `SignInRules` with the preset `github`. */
export interface GitHubOptions {
  /**
   * Who issues the tokens: an https address, without a slash at its end. The keys are fetched from
   * `/.well-known/jwks` below it.
   *
   * @default "https://token.actions.githubusercontent.com"
   */
  issuer?: string | undefined;
  /**
   * The audience that a token must have been issued for.
   *
   * @default the origin of `publicUrl`
   */
  audience?: string | undefined;
  /** At least one. They are tried in order, and the first one that matches decides. */
  rules: GitHubRule[];
}

const claimText = (example: string) => v.optional(text(/./, `must be text, such as "${example}"`));

const githubOptions: v.GenericSchema<unknown, GitHubOptions> = objectOf({
  issuer: v.optional(secureAddress),
  audience: v.optional(audience),
  rules: listOf(
    objectOf({
      repository: claimText("octo/intro"),
      repository_id: claimText("1296269"),
      repository_owner_id: claimText("583231"),
      ref: claimText("refs/heads/main"),
      environment: claimText("production"),
      event_name: claimText("push"),
      forks: v.optional(forks),
      account,
    }),
    "rules",
  ),
});

/**
 * Checks options that were read from a file.
 *
 * @throws Error that names the key, such as `github.rules[0].forks: must be true or false.`
 */
export function parseGitHubOptions(value: unknown): GitHubOptions {
  const options = parseShape(githubOptions, value, "github");
  const problem = findIssuerProblem(toIssuerRules(options));
  if (problem === null) return options;
  const path = problem.path.filter((key) => key !== "claims");
  throw describeProblem("github", { ...problem, path });
}

/** The long form. */
export function toIssuerRules({ rules, ...options }: GitHubOptions): IssuerRules {
  return {
    ...options,
    preset: "github",
    rules: rules.map(({ account, forks, ...claims }) => ({
      account,
      forks,
      claims: Object.fromEntries(
        Object.entries(claims).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    })),
  };
}
