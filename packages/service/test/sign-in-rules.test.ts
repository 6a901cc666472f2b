import { describe, expect, it } from "vitest";
import { parseSignInRules } from "../src/index.js";
import { startTestService } from "./start-test-service.js";

const account = "acc_octo";
const organization = "https://oidc.circleci.com/org/8a7d9d2e-1f0b-4a4e-9d5b-0f6b8f6f7c11";

/** Rules of one issuer, with one rule of these claims. */
function entry(entry: object, claims: object, rule: object = {}) {
  return { issuers: [{ ...entry, rules: [{ account, claims, ...rule }] }] };
}

const at = "signInRules.issuers[0]";
const gitLab = { preset: "gitlab" };
const other = { issuer: "https://ci.example.com" };
const good = entry(gitLab, { project_path: "octo/*" });

describe("rules that are good", () => {
  it.each([
    good,
    entry({ preset: "github" }, { repository_owner_id: "7", event_name: "push" }),
    entry({ preset: "buildkite" }, { organization_id: "0184990a", "agent_tag:queue": "gpu" }),
    entry(
      { preset: "circleci", issuer: organization },
      { "oidc.circleci.com/vcs-origin": "github.com/octo/intro" },
    ),
    entry(
      { preset: "forgejo", issuer: "https://codeberg.org/api/actions" },
      { repository: "octo/*" },
    ),
    entry({ preset: "gitlab", issuer: "https://gitlab.example.com" }, { project_id: "7" }),
    entry(
      { preset: "github", issuer: "https://token.actions.githubusercontent.com/octo-inc" },
      { repository: "octo/*" },
    ),
    entry({ preset: "gitea", issuer: "https://git.example.com" }, { repository_id: "7" }),
    entry({ issuer: "https://login.example.com/" }, { sub: "*:main" }),
    { issuers: [...good.issuers, { ...good.issuers[0], audience: "clips" }] },
  ])("%j", (rules) => {
    expect(parseSignInRules(rules)).toEqual(rules);
  });
});

describe("rules that are wrong are named", () => {
  it.each<[unknown, string]>([
    [null, "signInRules: must be an object."],
    [[], "signInRules: must be an object."],
    [{}, "signInRules.issuers: must be a list of issuers."],
    [{ issuers: [] }, "signInRules.issuers: has no issuer in it."],
    [{ ...good, rules: [] }, 'signInRules: has an unknown key "rules".'],
    [entry({ preset: "travis" }, {}), `${at}.preset: must be one of github, gitlab, buildkite`],
    [{ issuers: [{ ...gitLab, rules: [] }] }, `${at}.rules: has no rule in it.`],
    [entry({ ...gitLab, audience: "" }, { project_id: "7" }), `${at}.audience: must not be empty`],
    [entry({}, { sub: "a" }), `${at}.issuer: is needed: the https address of this issuer`],
    [entry({ preset: "circleci" }, {}), `${at}.issuer: is needed: the https address of CircleCI`],
    [entry({ ...gitLab, issuer: "gitlab.com" }, {}), `${at}.issuer: must be an https address`],
    ...[
      "https://ci example.com",
      "https://user:pw@ci.example.com",
      "https://ci.example.com:99999",
    ].map((issuer): [unknown, string] => [
      entry({ issuer }, { sub: "a" }),
      `${at}.issuer: must be an https address without a user or password`,
    ]),
    [
      entry({ ...gitLab, issuer: "https://gitlab.com/" }, { project_id: "7" }),
      `${at}.issuer: must be an https address without a slash at its end`,
    ],
    [
      entry({ preset: "forgejo", issuer: "https://codeberg.org" }, { repository: "octo/*" }),
      `${at}.issuer: must end with "/api/actions"`,
    ],
    [
      entry({ preset: "circleci", issuer: "https://oidc.circleci.com" }, {}),
      `${at}.issuer: must end with the id of your organization`,
    ],
    [
      {
        issuers: [
          { ...gitLab, ...other, rules: [{ account, claims: { project_id: "7" } }] },
          { ...other, rules: [{ account, claims: { sub: "a" } }] },
        ],
      },
      'signInRules.issuers[1].preset: must be "gitlab", as in the other rules of this issuer',
    ],
  ])("%j", (value, message) => {
    expect(() => parseSignInRules(value)).toThrow(message);
  });

  it.each<[object, object, object, string]>([
    [gitLab, { project_path: "octo/*" }, { account: "octo" }, ".account: must be an account"],
    [gitLab, { project_path: "octo/*" }, { fork: true }, ': has an unknown key "fork"'],
    [gitLab, { project_path: "octo/*" }, { forks: true }, ".forks: does nothing for GitLab"],
    [other, { sub: "octo" }, { forks: false }, ".forks: does nothing for this issuer"],
    [gitLab, [], {}, ".claims: must be an object of claims"],
    [gitLab, { project_id: 7 }, {}, ".claims.project_id: must be text"],
    [gitLab, { ref_protected: true }, {}, ".claims.ref_protected: must be text"],
    [gitLab, { project_path: "octo/*", ref: "" }, {}, ".claims.ref: must be text"],
    // Another issuer's claims.
    [
      gitLab,
      { repository: "octo/*" },
      {},
      ".claims.repository: is no claim of GitLab's tokens, which have sub, namespace_id",
    ],
    [
      { preset: "github" },
      { repository: "octo/*", project_path: "octo/intro" },
      {},
      ".claims.project_path: is no claim of GitHub's tokens, which have sub, actor",
    ],
    [{ preset: "buildkite" }, { build_brunch: "main" }, {}, ".claims.build_brunch: is no claim"],
    [
      { preset: "circleci", issuer: organization },
      { "project-id": "7" },
      {},
      '.claims["project-id"]: is no claim of CircleCI\'s tokens',
    ],
    // Open to everybody.
    [gitLab, {}, {}, ".claims: must have project_path or project_id or"],
    [gitLab, { ref_protected: "true" }, {}, ".claims: must have project_path or project_id or"],
    [gitLab, { job_project_path: "octo/intro" }, {}, ".claims: must have project_path or"],
    [gitLab, { project_path: "*" }, {}, '.claims.project_path: must be "group/project"'],
    [gitLab, { project_path: "*/intro" }, {}, '.claims.project_path: must be "group/project"'],
    [gitLab, { project_path: "octo*/intro" }, {}, '.claims.project_path: must be "group/project"'],
    [gitLab, { namespace_path: "octo*" }, {}, ".claims.namespace_path: must be a group"],
    [gitLab, { namespace_id: "*" }, {}, ".claims.namespace_id: must be a number as text"],
    [{ preset: "github" }, { ref: "refs/heads/main" }, {}, ".claims: must have repository or"],
    [
      { preset: "github" },
      { repository: "*/intro" },
      {},
      '.claims.repository: must be "owner/name"',
    ],
    [
      { preset: "buildkite" },
      { pipeline_slug: "intro" },
      {},
      ".claims: must have organization_slug",
    ],
    [
      { preset: "buildkite" },
      { organization_slug: "oct*" },
      {},
      ".claims.organization_slug: must be given in full",
    ],
    [
      { preset: "circleci", issuer: organization },
      { "oidc.circleci.com/vcs-origin": "github.com/*" },
      {},
      '.claims["oidc.circleci.com/vcs-origin"]: must be "host/owner/name"',
    ],
    [other, {}, {}, ".claims: must have a claim with a value other than *"],
    [other, { sub: "**", team: "*" }, {}, ".claims: must have a claim with a value other than *"],
    [other, { aud: "https://clips.example.com" }, {}, ".claims.aud: is checked for every token"],
    [other, { iss: "https://ci.example.com" }, {}, ".claims.iss: is checked for every token"],
    [other, { sub: "a", constructor: "b" }, {}, ".claims: cannot name __proto__, prototype"],
    // Open to forks.
    [
      { preset: "github" },
      { repository: "octo/*", event_name: "workflow_run" },
      {},
      ".claims.event_name: a fork can cause this event",
    ],
    [
      { preset: "forgejo", issuer: "https://codeberg.org/api/actions" },
      { repository: "octo/*", event_name: "pull_request" },
      {},
      ".claims.event_name: a fork can cause this event",
    ],
    [
      { preset: "circleci", issuer: organization },
      { "oidc.circleci.com/project-id": "7" },
      {},
      '.claims["oidc.circleci.com/vcs-origin"]: is needed, or a build of a fork matches, too',
    ],
    // Forms.
    [gitLab, { project_path: "octo/*", ref_path: "main" }, {}, ".claims.ref_path: must be in full"],
    [
      gitLab,
      { project_path: "octo/*", ref_protected: "yes" },
      {},
      '.claims.ref_protected: must be "true"',
    ],
  ])("%j: %j, %j", (issuer, claims, rule, message) => {
    const parse = () => parseSignInRules(entry(issuer, claims, rule));
    expect(parse).toThrow(`${at}.rules[0]${message}`);
  });

  // None of what keeps strangers and forks out would be checked.
  it.each<[string | undefined, string, string, string]>([
    [undefined, "https://token.actions.githubusercontent.com", "GitHub", "github"],
    [undefined, "https://token.actions.githubusercontent.com/", "GitHub", "github"],
    [undefined, "https://token.actions.githubusercontent.com/octo-inc", "GitHub", "github"],
    [undefined, "https://token.actions.octo-inc.ghe.com", "GitHub", "github"],
    [undefined, "https://gitlab.com", "GitLab", "gitlab"],
    [undefined, "https://gitlab.com/", "GitLab", "gitlab"],
    [undefined, "https://agent.buildkite.com", "Buildkite", "buildkite"],
    [undefined, organization, "CircleCI", "circleci"],
    [undefined, "https://codeberg.org/api/actions", "Forgejo", "forgejo"],
    ["gitlab", "https://token.actions.githubusercontent.com", "GitHub", "github"],
    ["gitea", "https://token.actions.githubusercontent.com/octo-inc", "GitHub", "github"],
    ["github", "https://gitlab.com", "GitLab", "gitlab"],
  ])("preset %s, issuer %s", (preset, issuer, title, wanted) => {
    const rules = entry({ preset, issuer }, { ref: "refs/heads/main" });
    expect(() => parseSignInRules(rules)).toThrow(
      `${at}.issuer: is an address of ${title}, which needs "preset": "${wanted}".`,
    );
  });

  it("and stop the start, as does an audience that is not known", async () => {
    await expect(startTestService({ signInRules: JSON.parse("null") })).rejects.toThrow(
      "signInRules: must be an object.",
    );
    const rules = [{ account: "octo", claims: { project_id: "7" } }];
    const wrong = { issuers: [{ preset: "gitlab" as const, rules }] };
    await expect(startTestService({ signInRules: wrong })).rejects.toThrow(
      `${at}.rules[0].account`,
    );
    const noAudience = {
      issuers: [{ preset: "gitlab" as const, rules: [{ account, claims: { project_id: "7" } }] }],
    };
    await expect(startTestService({ signInRules: noAudience })).rejects.toThrow(
      `${at}: publicUrl is needed, or an audience`,
    );
    const github = {
      audience: "clips",
      issuer: "https://ci.example.com",
      rules: [{ repository: "octo/*", account }],
    };
    const twoKinds = {
      issuers: [{ ...other, audience: "clips", rules: [{ account, claims: { sub: "a" } }] }],
    };
    await expect(startTestService({ github, signInRules: twoKinds })).rejects.toThrow(
      `${at}.preset: must be "github", as in the other rules of this issuer`,
    );
  });
});
