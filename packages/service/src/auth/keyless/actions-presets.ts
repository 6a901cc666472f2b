import { type Claims, matchesClaim } from "./claims.js";
import { type CiRun, type ForkGuard, formats, isNumber, isPath, type Preset } from "./preset.js";

/** The claims that the tokens of GitHub, Forgejo and Gitea have in common. */
const sharedClaims = [
  ...["sub", "actor", "actor_id", "base_ref", "event_name", "head_ref", "ref", "ref_protected"],
  ...["ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id"],
  ...["run_attempt", "run_id", "run_number", "sha", "workflow", "workflow_ref"],
];

const gitHubClaims = [
  ...sharedClaims,
  ...["check_run_id", "enterprise", "enterprise_id", "environment", "environment_node_id"],
  ...["issuer_scope", "job_workflow_ref", "job_workflow_sha", "repository_visibility"],
  ...["runner_environment", "workflow_sha"],
];

const sharedFormats = {
  repository: {
    pattern: /^[\w.-]+\/[\w.*-]+$/,
    message:
      'must be "owner/name", with * only in the name: anyone can create an owner with a similar name',
  },
  repository_id: formats.digits,
  repository_owner_id: formats.digits,
  ref: formats.fullRef,
  ref_protected: formats.flag,
  event_name: { pattern: /^[a-z_*]+$/, message: 'must be an event, such as "push"' },
};

const sharedKeys = {
  maxTokenAge: 15 * 60,
  formats: sharedFormats,
  owners: ["repository", "repository_id", "repository_owner_id"],
  // They ignore case in the names of repositories and environments.
  caseless: ["repository", "repository_owner", "environment"],
  logged: ["repository", "repository_owner_id", "ref", "environment", "event_name"],
  readRun,
  statementClaims: {
    ...{ server: serverOf, repository: "repository", sha: "sha", ref: "ref" },
    ...{ workflow: "workflow_ref", runId: "run_id", runAttempt: "run_attempt" },
    ...{ event: "event_name", actor: "actor" },
  },
};

/** GitHub says the branch of a pull request that is merged, so a run that is of none can be of any. */
function readRun(issuer: string, claims: Claims): CiRun | undefined {
  const repository = claims.get("repository")?.[0];
  if (repository === undefined) return undefined;
  const number = /^refs\/pull\/(\d+)\//.exec(claims.get("ref")?.[0] ?? "")?.[1];
  return {
    repository: `${serverOf(issuer)}/${repository}`.toLowerCase(),
    ...(number !== undefined && { pullRequest: Number(number) }),
  };
}

/** The server whose runs an issuer's tokens are of: its host, and the path below which its pages are. */
function serverOf(issuer: string): string {
  const { host, pathname } = new URL(issuer);
  if (host === "token.actions.githubusercontent.com") return "github.com";
  const path = pathname.replace(/\/(api\/actions|_services\/token)\/?$/, "").replace(/\/$/, "");
  return host.replace(/^token\.actions\./, "") + path;
}

/**
 * The token does not say whether a pull request comes from a fork, so the event has to decide.
 *
 * @param ownEvents the events that a fork cannot trigger, or whose runs get no token when it does
 */
function guardByEvent(ownEvents: readonly string[]): ForkGuard {
  return {
    findProblem({ event_name: event }) {
      const isFine = event === undefined || matchesClaim(event, ownEvents);
      const message = 'a fork can cause this event: add "forks": true if that is meant';
      return isFine ? null : { claim: "event_name", message };
    },
    canBeFork(claims: Claims) {
      const events = claims.get("event_name") ?? [];
      return events.length === 0 || !events.every((event) => ownEvents.includes(event));
    },
    reason: "a fork can cause this event",
  };
}

const ownEvents = ["push", "release", "schedule", "workflow_dispatch", "repository_dispatch"];

export const gitHub: Preset = {
  ...sharedKeys,
  findRunUrl: (server, { repository, runId, runAttempt }) =>
    isPath(repository) && isNumber(runId)
      ? `https://${server}/${repository}/actions/runs/${runId}` +
        (isNumber(runAttempt) ? `/attempts/${runAttempt}` : "")
      : null,
  title: "GitHub",
  issuer: "https://token.actions.githubusercontent.com",
  // An enterprise has an address below that one, or a host of its own.
  hosts: /^token\.actions\.(githubusercontent|[\w-]+\.ghe)\.com$/,
  keyPath: "/.well-known/jwks",
  claims: gitHubClaims,
  // GitHub gives no token to the run of a fork's pull request.
  forks: guardByEvent([...ownEvents, "pull_request", "merge_group"]),
};

export const forgejo: Preset = {
  ...sharedKeys,
  title: "Forgejo",
  hosts: /^codeberg\.org$/,
  issuerFormat: {
    pattern: /\/api\/actions$/,
    message: 'must end with "/api/actions", such as "https://codeberg.org/api/actions"',
  },
  claims: sharedClaims,
  // Its documentation does not say that the run of a fork's pull request gets no token.
  forks: guardByEvent(ownEvents),
};

export const gitea: Preset = {
  ...sharedKeys,
  title: "Gitea",
  claims: gitHubClaims,
  forks: guardByEvent(ownEvents),
};
