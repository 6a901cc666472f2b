import { forgejo, gitea, gitHub } from "./actions-presets.js";
import { formats, isNumber, isPath, type Preset } from "./preset.js";

const hour = 60 * 60;

const gitLab: Preset = {
  title: "GitLab",
  issuer: "https://gitlab.com",
  hosts: /^gitlab\.com$/,
  // A token is made when its job starts, and is valid for as long as the job may take.
  maxTokenAge: 24 * hour,
  claims: [
    ...["sub", "namespace_id", "namespace_path", "project_id", "project_path"],
    ...["user_id", "user_login", "user_email", "user_access_level", "groups_direct"],
    ...["job_project_id", "job_project_path", "job_namespace_id", "job_namespace_path"],
    ...["pipeline_id", "pipeline_source", "job_id", "job_source", "ref", "ref_type", "ref_path"],
    ...["ref_protected", "environment", "environment_protected", "environment_action"],
    ...["deployment_tier", "runner_id", "runner_environment", "sha", "ci_config_ref_uri"],
    ...["ci_config_sha", "project_visibility"],
  ],
  formats: {
    project_path: {
      pattern: /^[\w.-]+\/[\w.*/-]+$/,
      message:
        'must be "group/project", with * only after the first /: anyone can create a group with a similar name',
    },
    namespace_path: {
      pattern: /^[\w.-]+(\/[\w.*/-]+)?$/,
      message:
        'must be a group such as "group" or "group/*", with * only after the first /: anyone can create a group with a similar name',
    },
    project_id: formats.digits,
    namespace_id: formats.digits,
    ref_path: formats.fullRef,
    ref_protected: formats.flag,
    environment_protected: formats.flag,
  },
  // In the token of a fork's merge request these are the fork's. The claims that begin with "job_"
  // are those of the project that runs it, so they cannot keep a fork out.
  owners: ["project_path", "project_id", "namespace_path", "namespace_id"],
  caseless: [],
  logged: ["project_path", "job_project_path", "ref_path", "ref_protected", "pipeline_source"],
  statementClaims: {
    ...{ server: (issuer) => issuer.replace(/^https?:\/\//, "").replace(/\/$/, "") },
    ...{ repository: "project_path", sha: "sha", ref: "ref_path", workflow: "ci_config_ref_uri" },
    ...{ runId: "pipeline_id", event: "pipeline_source", actor: "user_login" },
  },
  findRunUrl: (server, { repository, runId }) =>
    isPath(repository) && isNumber(runId)
      ? `https://${server}/${repository}/-/pipelines/${runId}`
      : null,
};

const buildkite: Preset = {
  title: "Buildkite",
  issuer: "https://agent.buildkite.com",
  hosts: /^agent\.buildkite\.com$/,
  maxTokenAge: 15 * 60,
  claims: [
    ...["sub", "organization_slug", "organization_id", "pipeline_slug", "pipeline_id"],
    ...["build_number", "build_id", "build_branch", "build_tag", "build_commit", "build_source"],
    ...["step_key", "job_id", "agent_id", "runner_environment"],
    ...["cluster_id", "cluster_name", "queue_id", "queue_key", "agent_tag:*"],
  ],
  formats: {
    organization_slug: formats.noPattern,
    organization_id: formats.noPattern,
  },
  owners: ["organization_slug", "organization_id"],
  caseless: [],
  logged: ["organization_slug", "pipeline_slug", "build_branch", "build_source"],
  // Its tokens name no repository: the pipeline is in the subject.
  statementClaims: {
    ...{ sha: "build_commit", ref: "build_branch", runId: "build_number", event: "build_source" },
  },
  forks: {
    // No branch of Git's has a colon in its name: Buildkite writes "user:branch" for a fork's.
    canBeFork: (claims) => (claims.get("build_branch") ?? []).some((name) => name.includes(":")),
    reason: "the branch is a fork's",
  },
};

const vcsOrigin = "oidc.circleci.com/vcs-origin";

const circleCi: Preset = {
  title: "CircleCI",
  hosts: /^oidc\.circleci\.com$/,
  issuerFormat: {
    pattern: /\/org\/[\w-]+$/,
    message:
      "must end with the id of your organization, such as https://oidc.circleci.com/org/8a7d9d2e-1f0b-4a4e-9d5b-0f6b8f6f7c11",
  },
  // Its tokens are valid for an hour.
  maxTokenAge: hour,
  claims: [
    ...["sub", "oidc.circleci.com/project-id", vcsOrigin, "oidc.circleci.com/vcs-ref"],
    ...["oidc.circleci.com/context-ids", "oidc.circleci.com/ssh-rerun"],
  ],
  formats: {
    "oidc.circleci.com/project-id": formats.noPattern,
    [vcsOrigin]: {
      pattern: /^[\w.:-]+(\/[\w.-]+)+\/[\w.*-]+$/,
      message:
        'must be "host/owner/name", such as "github.com/octo/intro", with * only in the name: anyone can create an owner with a similar name',
    },
    "oidc.circleci.com/ssh-rerun": formats.flag,
  },
  owners: ["oidc.circleci.com/project-id", vcsOrigin],
  caseless: [],
  logged: ["oidc.circleci.com/project-id", vcsOrigin, "oidc.circleci.com/vcs-ref"],
  // Its tokens name no commit.
  statementClaims: { repository: vcsOrigin, ref: "oidc.circleci.com/vcs-ref" },
  forks: {
    // The token of a fork's build names the fork there.
    findProblem(claims) {
      if (claims[vcsOrigin] !== undefined) return null;
      const message =
        'is needed, or a build of a fork matches, too: add "forks": true if that is meant';
      return { claim: vcsOrigin, message };
    },
  },
};

/** For an issuer without a preset. */
export const otherIssuer: Preset = {
  title: "this issuer",
  maxTokenAge: hour,
  formats: {},
  owners: [],
  caseless: [],
  logged: ["sub"],
  statementClaims: {},
};

/** The issuers that are known by name. */
export const presets = {
  github: gitHub,
  gitlab: gitLab,
  buildkite,
  circleci: circleCi,
  forgejo,
  gitea,
};
export type PresetName = keyof typeof presets;
