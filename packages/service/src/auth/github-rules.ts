import * as v from "valibot";
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
export const githubClaims = v.object({
  repository: v.string(),
  repository_owner_id: v.optional(v.string()),
  ref: v.optional(v.string()),
  environment: v.optional(v.string()),
  event_name: v.optional(v.string()),
});
export type GitHubClaims = v.InferOutput<typeof githubClaims>;

/**
 * Events that a fork does not cause, or whose runs get no token where it does (`pull_request`).
 * The token does not say where a pull request comes from: this is all that can be known.
 */
const forklessEvents = new Set([
  ...["push", "pull_request", "merge_group", "release", "schedule"],
  ...["workflow_dispatch", "repository_dispatch"],
]);

const text = (pattern: RegExp, message: string) =>
  v.pipe(v.string(message), v.regex(pattern, message));

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object of these keys alone. One that is missing is told in the words for a wrong one. */
function objectOf<const T extends v.ObjectEntries>(keys: T) {
  const required = Object.keys(keys).filter((key) => keys[key]?.type !== "optional");
  const missing = Object.fromEntries(required.map((key) => [key, undefined]));
  return v.pipe(
    v.custom<object>(isObject, "must be an object"),
    v.transform((value): object => ({ ...missing, ...value })),
    v.strictObject(keys, ({ received }) => `has an unknown key ${received}`),
  );
}

const ruleKeys = {
  repository: text(
    /^[\w.-]+\/[\w.*-]+$/,
    'must be "owner/name", with * in the name alone: anyone can make an owner of a similar name',
  ),
  repository_owner_id: v.optional(text(/^\d+$/, 'must be a number as text, such as "123456"')),
  ref: v.optional(text(/^refs\/./, 'must be in full, such as "refs/heads/main"')),
  environment: v.optional(text(/./, "must be the name of an environment")),
  event_name: v.optional(text(/^[a-z_*]+$/, 'must be an event, such as "push"')),
  forks: v.optional(v.boolean("must be true or false")),
  account: text(accountPattern, 'must be an account, such as "acc_team1"'),
};

const rule = v.pipe(
  objectOf(ruleKeys),
  v.forward(
    v.check(
      ({ event_name: event, forks }) => forks || !event || canBeForkless(event),
      'a fork can cause this event: add "forks": true if that is meant',
    ),
    ["event_name"],
  ),
);

const optionKeys = {
  issuer: v.optional(
    text(
      /^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^/?#]+)*$/,
      'must be an https address without a slash at its end, such as "https://token.actions.githubusercontent.com"',
    ),
  ),
  audience: v.optional(text(/./, "must be a text that is not empty")),
  rules: v.pipe(v.array(rule, "must be a list of rules"), v.minLength(1, "has no rule in it")),
};

const githubOptions: v.GenericSchema<unknown, GitHubOptions> = objectOf(optionKeys);

/** Options that came from a file, or an error that names the rule and the key that are wrong. */
export function parseGitHubOptions(value: unknown): GitHubOptions {
  const parsed = v.safeParse(githubOptions, value);
  if (parsed.success) return parsed.output;
  const [{ path = [], message }] = parsed.issues;
  // An unknown key is told of the object that it is in.
  const known = path.filter(({ origin }) => origin === "value");
  const keys = known.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  throw new Error(`github${keys.join("")}: ${message}.`);
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
