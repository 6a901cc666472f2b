import * as z from "zod/mini";
import { accountPattern } from "./accounts.js";

/**
 * Which workflow runs may sign in, and to which account. A key that is named as a claim of the
 * token has to match that claim; one that is left out matches any. `*` stands for any characters.
 */
export interface GitHubRule {
  /** `octo/intro`, or `octo/*`: the owner in full, since anyone can make a similar one. */
  repository: string;
  /** The owner's number, which nobody gets who takes over a name that was given up. */
  repository_owner_id?: string | undefined;
  /** In full: `refs/heads/main`, `refs/tags/v*`, `refs/pull/*`. */
  ref?: string | undefined;
  environment?: string | undefined;
  event_name?: string | undefined;
  /** Whether runs that a fork can cause may sign in as well. Default `false`. */
  forks?: boolean | undefined;
  /** The account that the clips belong to, such as `acc_team1`. It need not exist yet. */
  account: string;
}

/** Sign-in with the token that GitHub gives to a workflow's job, instead of a secret. */
export interface GitHubOptions {
  /** Default: `https://token.actions.githubusercontent.com`. Its keys are at `/.well-known/jwks`. */
  issuer?: string | undefined;
  /** What the token has to be made for. Default: the origin of `publicUrl`. */
  audience?: string | undefined;
  /** The first that matches decides. */
  rules: GitHubRule[];
}

/** What the token says about the run; GitHub's own names, all of them texts. */
export const githubClaims = z.object({
  repository: z.string(),
  repository_owner_id: z.optional(z.string()),
  ref: z.optional(z.string()),
  environment: z.optional(z.string()),
  event_name: z.optional(z.string()),
});
export type GitHubClaims = z.infer<typeof githubClaims>;

/**
 * Events that a fork does not cause, or whose runs get no token where it does (`pull_request`).
 * The token does not say where a pull request comes from: this is all that can be known.
 */
const forklessEvents = new Set([
  ...["push", "pull_request", "merge_group", "release", "schedule"],
  ...["workflow_dispatch", "repository_dispatch"],
]);

const asObject = {
  error: (
    issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType | z.core.$ZodIssueUnrecognizedKeys>,
  ) =>
    issue.code === "unrecognized_keys"
      ? `has an unknown key "${issue.keys[0]}"`
      : "must be an object",
};

const text = (pattern: RegExp, message: string) =>
  z.string(message).check(z.regex(pattern, message));

const ruleKeys = {
  repository: text(
    /^[\w.-]+\/[\w.*-]+$/,
    'must be "owner/name", with * in the name alone: anyone can make an owner of a similar name',
  ),
  repository_owner_id: z.optional(text(/^\d+$/, 'must be a number as text, such as "123456"')),
  ref: z.optional(text(/^refs\/./, 'must be in full, such as "refs/heads/main"')),
  environment: z.optional(text(/./, "must be the name of an environment")),
  event_name: z.optional(text(/^[a-z_*]+$/, 'must be an event, such as "push"')),
  forks: z.optional(z.boolean("must be true or false")),
  account: text(accountPattern, 'must be an account, such as "acc_team1"'),
};

const rule = z.strictObject(ruleKeys, asObject).check(
  z.refine(({ event_name: event, forks }) => forks || !event || canBeForkless(event), {
    path: ["event_name"],
    error: 'a fork can cause this event: add "forks": true if that is meant',
  }),
);

const optionKeys = {
  issuer: z.optional(
    text(
      /^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^/?#]+)*$/,
      'must be an https address without a slash at its end, such as "https://token.actions.githubusercontent.com"',
    ),
  ),
  audience: z.optional(text(/./, "must be a text that is not empty")),
  rules: z.array(rule, "must be a list of rules").check(z.minLength(1, "has no rule in it")),
};

const githubOptions: z.ZodMiniType<GitHubOptions> = z.strictObject(optionKeys, asObject);

/** Options that came from a file, or an error that names the rule and the key that are wrong. */
export function parseGitHubOptions(value: unknown): GitHubOptions {
  const parsed = githubOptions.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = z.core.toDotPath(["github", ...(issue?.path ?? [])]);
  throw new Error(`${where}: ${issue?.message}.`);
}

/** The first rule that lets the run in, or `undefined`. */
export function findRule(
  rules: readonly GitHubRule[],
  claims: GitHubClaims,
): GitHubRule | undefined {
  return rules.find(
    (candidate) =>
      matches(candidate, claims) &&
      (candidate.forks || forklessEvents.has(claims.event_name ?? "")),
  );
}

/** Whether a rule would let the run in if it took runs that a fork can cause. */
export function isForFork(rules: readonly GitHubRule[], claims: GitHubClaims): boolean {
  return rules.some((candidate) => matches(candidate, claims));
}

function matches(candidate: GitHubRule, claims: GitHubClaims): boolean {
  const { repository_owner_id: ownerId, ref, event_name: event, environment } = candidate;
  return (
    // GitHub tells neither repositories nor environments apart by case.
    matchesPattern(candidate.repository, claims.repository, "i") &&
    (environment === undefined || matchesPattern(environment, claims.environment, "i")) &&
    (ownerId === undefined || ownerId === claims.repository_owner_id) &&
    (ref === undefined || matchesPattern(ref, claims.ref)) &&
    (event === undefined || matchesPattern(event, claims.event_name))
  );
}

function matchesPattern(pattern: string, value: string | undefined, flags = ""): boolean {
  const pieces = pattern.split("*").map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return value !== undefined && new RegExp(`^${pieces.join(".*")}$`, `s${flags}`).test(value);
}

function canBeForkless(event: string): boolean {
  return [...forklessEvents].some((forkless) => matchesPattern(event, forkless));
}
