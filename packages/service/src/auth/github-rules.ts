import * as v from "valibot";
import { accountPattern } from "./accounts.js";

/**
 * Which workflow runs may sign in, and to which account. Each key that is named after a claim of the
 * token must match that claim; a key that is left out matches every value. `*` matches any
 * characters.
 *
 * @example
 * ```ts
 * const rule: GitHubRule = { repository: "octo/intro", event_name: "push", account: "acc_team1" };
 * ```
 */
export interface GitHubRule {
  /** `octo/intro`, or `octo/*`. No `*` in the owner: anyone can create one with a similar name. */
  repository: string;
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

/** Keyless sign-in: with the ID token that GitHub issues to a workflow job, instead of a secret. */
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

/** The token's claims about the run, under GitHub's names. All of them are strings. */
export const githubClaims = v.object({
  repository: v.string(),
  repository_owner_id: v.optional(v.string()),
  ref: v.optional(v.string()),
  environment: v.optional(v.string()),
  event_name: v.optional(v.string()),
});
export type GitHubClaims = v.InferOutput<typeof githubClaims>;

/**
 * Events that a fork cannot trigger, or whose runs get no token when it does (`pull_request`). The
 * token does not say whether a pull request comes from a fork, so the event has to decide.
 */
const forklessEvents = new Set([
  ...["push", "pull_request", "merge_group", "release", "schedule"],
  ...["workflow_dispatch", "repository_dispatch"],
]);

const text = (pattern: RegExp, message: string) =>
  v.pipe(v.string(message), v.regex(pattern, message));

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object with these keys only. A missing key is reported with the message of an invalid one. */
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
    'must be "owner/name", with * only in the name: anyone can create an owner with a similar name',
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
  audience: v.optional(text(/./, "must not be empty")),
  rules: v.pipe(v.array(rule, "must be a list of rules"), v.minLength(1, "has no rule in it")),
};

const githubOptions: v.GenericSchema<unknown, GitHubOptions> = objectOf(optionKeys);

/**
 * Checks options that were read from a file.
 *
 * @throws Error that names the key, such as `github.rules[0].forks: must be true or false.`
 */
export function parseGitHubOptions(value: unknown): GitHubOptions {
  const parsed = v.safeParse(githubOptions, value);
  if (parsed.success) return parsed.output;
  const [{ path = [], message }] = parsed.issues;
  // An unknown key is reported with the path of the object that it is in.
  const known = path.filter(({ origin }) => origin === "value");
  const keys = known.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  throw new Error(`github${keys.join("")}: ${message}.`);
}

/** The first rule that admits the run, or `undefined`. */
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

/** Whether a rule would admit the run if it had `forks: true`. */
export function isForFork(rules: readonly GitHubRule[], claims: GitHubClaims): boolean {
  return rules.some((candidate) => matches(candidate, claims));
}

function matches(candidate: GitHubRule, claims: GitHubClaims): boolean {
  const { repository_owner_id: ownerId, ref, event_name: event, environment } = candidate;
  return (
    // GitHub ignores case in the names of repositories and environments.
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
