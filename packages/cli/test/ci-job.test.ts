import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readCiJob } from "../src/forge/ci-job.js";
import { gitLabVariables } from "./comment-stage.js";
import { makeFolder } from "./run-cli.js";

const [tip, mergeBase] = ["c".repeat(40), "d".repeat(40)];

describe("the base is the commit that the build is made of", () => {
  test.each<[string, Record<string, string>, string]>([
    ["a pipeline of the merge request", { CI_MERGE_REQUEST_TARGET_BRANCH_SHA: "" }, mergeBase],
    ["a pipeline of the merged results", { CI_MERGE_REQUEST_TARGET_BRANCH_SHA: tip }, tip],
  ])("on GitLab in %s", async (_, variables, base) => {
    const env = { ...gitLabVariables("https://gitlab.example/api/v4"), ...variables };
    const job = await readCiJob({ ...env, CI_MERGE_REQUEST_DIFF_BASE_SHA: mergeBase });
    expect(job).toMatchObject({ forge: "gitlab", base });
  });

  test.each<[string, Record<string, string>, object, string]>([
    ["GitHub, which merges", {}, {}, tip],
    ["Gitea, which does not", { GITEA_ACTIONS: "true" }, { merge_base: mergeBase }, mergeBase],
    ["Forgejo, which does not", { FORGEJO_ACTIONS: "true" }, { merge_base: mergeBase }, mergeBase],
    ["Gitea where it names no other", { GITEA_ACTIONS: "true" }, { merge_base: "" }, tip],
  ])("on %s", async (_, variables, more, base) => {
    const file = path.join(await makeFolder(), "event.json");
    const pull = { number: 7, head: { sha: "b".repeat(40) }, base: { sha: tip }, ...more };
    await writeFile(file, JSON.stringify({ pull_request: pull }));
    const env = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "octo/intro", ...variables };
    expect(await readCiJob({ ...env, GITHUB_EVENT_PATH: file })).toMatchObject({ base });
  });
});
