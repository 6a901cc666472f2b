import { describe, expect, it } from "vitest";
import { type GitHubRule, parseGitHubOptions } from "../src/index.js";
import type { Claims } from "./id-token-issuer.js";
import { audience, expectRefusal, signInWith, startKeylessService } from "./keyless-service.js";

const account = "acc_octo";
const fork = "a fork can cause this event";

const pullRequest: Claims = {
  sub: "repo:octo/intro:pull_request",
  ref: "refs/pull/7/merge",
  base_ref: "main",
  head_ref: "new-title",
  event_name: "pull_request",
};

describe("a rule lets in", () => {
  it.each<[string, Omit<GitHubRule, "account">, Claims]>([
    ["its repository", { repository: "octo/intro" }, {}],
    ["any of an owner", { repository: "octo/*" }, {}],
    ["a part of a name", { repository: "octo/in*o" }, {}],
    ["a repository in other letters", { repository: "Octo/Intro" }, {}],
    ["a ref", { repository: "octo/*", ref: "refs/heads/main" }, {}],
    ["refs below", { repository: "octo/*", ref: "refs/heads/*" }, { ref: "refs/heads/a/b" }],
    ["an environment", { repository: "octo/*", environment: "clips" }, { environment: "Clips" }],
    ["an event", { repository: "octo/*", event_name: "push" }, {}],
    ["an owner's number", { repository: "octo/*", repository_owner_id: "123456" }, {}],
    ["a repository's number", { repository_id: "987654" }, { repository: "octo/renamed" }],
    ["a pull request", { repository: "octo/*", event_name: "pull_request" }, pullRequest],
    [
      "a fork, where it says so",
      { repository: "octo/*", event_name: "pull_request*", forks: true },
      { ...pullRequest, event_name: "pull_request_target", ref: "refs/heads/main" },
    ],
  ])("%s", async (_, rule, claims) => {
    const { issuer, service } = await startKeylessService({ rules: [{ ...rule, account }] });
    const answer = await signInWith(service, await issuer.sign(audience, claims));
    expect([answer.status, answer.body.data?.[0]?.id]).toEqual([200, account]);
  });
});

describe("a rule does not let in", () => {
  const main = { repository: "octo/intro", ref: "refs/heads/main" };
  it.each<[string, Omit<GitHubRule, "account">, Claims, string]>([
    ["another repository", { repository: "octo/intro" }, { repository: "octo/other" }, "no rule"],
    ["a longer name", { repository: "octo/intro" }, { repository: "octo/intro2" }, "no rule"],
    ["another owner", { repository: "octo/*" }, { repository: "octopus/intro" }, "no rule"],
    ["a dot that is another", { repository: "octo/a.b" }, { repository: "octo/aXb" }, "no rule"],
    ["another ref", main, { ref: "refs/heads/other" }, "no rule"],
    ["a tag of the name", main, { ref: "refs/tags/main" }, "no rule"],
    ["a ref in other letters", main, { ref: "refs/heads/Main" }, "no rule"],
    ["no ref", main, { ref: undefined }, "no rule"],
    [
      "another environment",
      { repository: "octo/*", environment: "clips" },
      { environment: "staging" },
      "no rule",
    ],
    ["no environment", { repository: "octo/*", environment: "clips" }, {}, "no rule"],
    ["another event", { repository: "octo/*", event_name: "push" }, pullRequest, "no rule"],
    [
      "who took over the owner's name",
      { repository: "octo/*", repository_owner_id: "123456" },
      { repository_owner_id: "654321" },
      "no rule",
    ],
    [
      "who took over the repository's name",
      { repository: "octo/intro", repository_id: "987654" },
      { repository_id: "111" },
      "no rule",
    ],
    [
      "two of three",
      { ...main, environment: "clips", event_name: "push" },
      { environment: "clips", event_name: "workflow_dispatch" },
      "no rule",
    ],
    [
      "a workflow in the fork itself",
      { repository: "octo/*", forks: true },
      { repository: "mallory/intro", repository_owner: "mallory" },
      "no rule",
    ],
    ["no event", { repository: "octo/*" }, { event_name: undefined }, fork],
    ...["pull_request_target", "workflow_run", "issue_comment", "some_new_event"].map(
      (event): [string, Omit<GitHubRule, "account">, Claims, string] => [
        `a fork, through ${event}`,
        { repository: "octo/*" },
        { event_name: event },
        fork,
      ],
    ),
  ])("%s", async (_, rule, claims, reason) => {
    const { issuer, service } = await startKeylessService({ rules: [{ ...rule, account }] });
    await expectRefusal(service, await issuer.sign(audience, claims), reason);
  });
});

it("the first rule that matches decides", async () => {
  const { issuer, service } = await startKeylessService({
    rules: [
      { repository: "octo/intro", ref: "refs/heads/main", account: "acc_first" },
      { repository: "octo/intro", account: "acc_second" },
      { repository: "octo/*", account: "acc_third" },
      { repository: "octo/*", forks: true, account: "acc_forks" },
    ],
  });
  for (const [claims, expected] of [
    [{}, "acc_first"],
    [{ ref: "refs/heads/a" }, "acc_second"],
    [{ repository: "octo/b" }, "acc_third"],
    [{ event_name: "workflow_run" }, "acc_forks"],
  ] as const) {
    const answer = await signInWith(service, await issuer.sign(audience, claims));
    expect(answer.body.data[0]?.id).toBe(expected);
  }
});

describe("options that are wrong are named", () => {
  const good = { repository: "octo/*", account };
  it.each<[unknown, string]>([
    [null, "github: must be an object."],
    [{ rules: [] }, "github.rules: has no rule in it."],
    [{}, "github.rules: must be a list of rules."],
    [{ rules: ["octo/*"] }, "github.rules[0]: must be an object."],
    [{ rules: [good], rule: 1 }, 'github: has an unknown key "rule".'],
    [
      { rules: [good, { ...good, branch: "main" }] },
      'github.rules[1]: has an unknown key "branch"',
    ],
    [
      { rules: [{ account }] },
      "github.rules[0]: must have repository or repository_id or repository_owner_id",
    ],
    [
      { rules: [{ account, repository: "octo" }] },
      'github.rules[0].repository: must be "owner/name"',
    ],
    [{ rules: [{ account, repository_id: "octo/*" }] }, "github.rules[0].repository_id: must be a"],
    [{ rules: [{ ...good, repository: "*" }] }, "github.rules[0].repository: "],
    [{ rules: [{ ...good, repository: "*/*" }] }, "github.rules[0].repository: "],
    [{ rules: [{ ...good, repository: "octo*/intro" }] }, "github.rules[0].repository: "],
    [{ rules: [good, { ...good, ref: "main" }] }, "github.rules[1].ref: must be in full"],
    [{ rules: [{ ...good, repository_owner_id: 7 }] }, "github.rules[0].repository_owner_id: "],
    [{ rules: [{ ...good, environment: "" }] }, "github.rules[0].environment: "],
    [{ rules: [{ ...good, forks: "no" }] }, "github.rules[0].forks: must be true or false"],
    [{ rules: [{ repository: "octo/*" }] }, "github.rules[0].account: must be an account"],
    [{ rules: [{ ...good, account: "../x" }] }, "github.rules[0].account: must be an account"],
    [{ rules: [{ ...good, event_name: "workflow_run" }] }, "event_name: a fork can cause this"],
    [{ rules: [good], audience: "" }, "github.audience: "],
    [{ rules: [good], issuer: "http://token.example.com" }, "github.issuer: must be an https"],
    [{ rules: [good], issuer: "https://token.example.com/" }, "without a slash at its end"],
  ])("%j", (value, message) => {
    expect(() => parseGitHubOptions(value)).toThrow(message);
  });

  it("and stop the start", async () => {
    const rules = [{ repository: "octo/*", account: "octo" }];
    await expect(startKeylessService({ rules })).rejects.toThrow("github.rules[0].account");
  });
});
