/** The claims that a test changes; one that is `undefined` is left out. */
export type Claims = Record<string, unknown>;

/** A CI system, as its documentation describes its tokens. */
export interface CiSystem {
  /** Where it is below its server's origin. */
  base: string;
  /** Where its keys are, below its base; `null` where its discovery document is needed to find them. */
  keyPath: string | null;
  /** The claims of a run on the branch `main` of the project `intro` of `octo`. */
  claims: Claims;
}

const organization = "8a7d9d2e-1f0b-4a4e-9d5b-0f6b8f6f7c11";

const gitHub: CiSystem = {
  base: "",
  keyPath: "/.well-known/jwks",
  claims: {
    sub: "repo:octo/intro:ref:refs/heads/main",
    repository: "octo/intro",
    repository_id: "987654",
    repository_owner: "octo",
    repository_owner_id: "123456",
    repository_visibility: "public",
    ref: "refs/heads/main",
    ref_type: "branch",
    base_ref: "",
    head_ref: "",
    event_name: "push",
    actor: "ann",
    job_workflow_ref: "octo/intro/.github/workflows/render.yml@refs/heads/main",
    runner_environment: "github-hosted",
  },
};

const gitLab: CiSystem = {
  base: "",
  keyPath: null,
  claims: {
    sub: "project_path:octo/intro:ref_type:branch:ref:main",
    namespace_id: "72",
    namespace_path: "octo",
    project_id: "20",
    project_path: "octo/intro",
    job_project_id: "20",
    job_project_path: "octo/intro",
    user_login: "ann",
    user_email: "ann@example.com",
    pipeline_source: "push",
    ref: "main",
    ref_type: "branch",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    runner_id: 1,
    runner_environment: "gitlab-hosted",
    ci_config_ref_uri: null,
    groups_direct: ["octo/renderers", "octo/editors"],
  },
};

const buildkite: CiSystem = {
  base: "",
  keyPath: null,
  claims: {
    sub: "organization:octo:pipeline:intro:ref:refs/heads/main:commit:9f31820:step:render",
    organization_slug: "octo",
    pipeline_slug: "intro",
    build_number: 17,
    build_branch: "main",
    build_commit: "9f3182061f1e2cca4702c368cbc039b7dc9d4485",
    build_source: "webhook",
    step_key: null,
    job_id: "0184990a-477b-4fa8-9968-496074483cee",
    agent_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
  },
};

const circleCi: CiSystem = {
  base: `/org/${organization}`,
  keyPath: null,
  claims: {
    sub: `org/${organization}/project/5e0b/user/77aa/vcs-origin/github.com/octo/intro/vcs-ref/refs/heads/main`,
    "oidc.circleci.com/project-id": "5e0b6b5c-36b0-4d0c-9d3a-b9f4a6c2f2a5",
    "oidc.circleci.com/vcs-origin": "github.com/octo/intro",
    "oidc.circleci.com/vcs-ref": "refs/heads/main",
    "oidc.circleci.com/context-ids": ["a74579f1", "cb32986e"],
    "oidc.circleci.com/ssh-rerun": false,
  },
};

const forgejo: CiSystem = {
  base: "/api/actions",
  keyPath: null,
  claims: {
    sub: "repo:octo/intro:ref:refs/heads/main",
    actor: "ann",
    event_name: "push",
    ref: "refs/heads/main",
    ref_protected: "false",
    ref_type: "branch",
    repository: "octo/intro",
    repository_owner: "octo",
    workflow_ref: "octo/intro/.forgejo/workflows/render.yml@refs/heads/main",
  },
};

const other: CiSystem = {
  base: "/oidc",
  keyPath: null,
  claims: { sub: "octo/intro", team: ["renderers", "editors"], level: 3, trusted: true },
};

/** The CI systems that a test issuer can stand in for. */
export const ciSystems = {
  github: gitHub,
  gitlab: gitLab,
  buildkite,
  circleci: circleCi,
  forgejo,
  other,
};
export type CiSystemName = keyof typeof ciSystems;
