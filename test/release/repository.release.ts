import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { majorTag, npmRange, readVersion } from "../../scripts/release/release-names.ts";
import { root } from "../action/action-definition.ts";
import { startJob } from "../action/runner.ts";
import { inputsFor } from "../action/service-inputs.ts";
import { read } from "../examples/example-files.ts";
import { makeVideo } from "../fixtures/make-video.ts";
import { runNode } from "../run-node.ts";
import { makeFolder, startTestService } from "../start-service.ts";

const run = promisify(execFile);
const author = {
  ...{ GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com" },
  ...{ GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com" },
};

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd, env: { ...process.env, ...author } });
  return stdout.trim();
}

/**
 * A bare repository with what is committed here, and a clone of it. It has a history of its own, since
 * the one here may be shallow.
 */
async function cloneRepository() {
  const { path } = await makeFolder();
  const [remote, clone] = [join(path, "remote.git"), join(path, "clone")];
  await git(path, "init", "--quiet", "--bare", "--initial-branch=main", remote);
  await git(path, "clone", "--quiet", remote, clone);
  await git(root, "archive", "--output", join(path, "committed.tar"), "HEAD");
  await run("tar", ["-xf", join(path, "committed.tar"), "-C", clone]);
  await git(clone, "checkout", "--quiet", "-B", "main");
  await git(clone, "add", "--all", "--force");
  await git(clone, "commit", "--quiet", "--message", "Everything");
  await git(clone, "push", "--quiet", "origin", "main");
  return { remote, clone };
}

describe("raising the versions", () => {
  test("empties the changesets, and the documents name the new version", async () => {
    const { clone } = await cloneRepository();
    const before = await readVersion(clone);
    const start = await git(clone, "rev-parse", "HEAD");
    const changeset = '---\n"@clipcourier/core": major\n---\n\nSomething else.\n';
    await writeFile(join(clone, ".changeset/something-else.md"), changeset);
    await commit(clone, "Something else");
    const changed = await git(clone, "rev-parse", "HEAD");
    expect(await plan(clone, start)).toEqual({
      ...{ version: before, "has-changesets": "true", "is-release": "false" },
    });
    // The first push of all, and one that has rewritten the history.
    for (const missing of ["0".repeat(40), "1".repeat(40)]) {
      expect(await plan(clone, missing)).toMatchObject({ version: before, "is-release": "false" });
    }

    const require = createRequire(join(root, "package.json"));
    const changesets = require.resolve("@changesets/cli/bin.js");
    await run(process.execPath, [changesets, "status"], { cwd: clone });
    await run(process.execPath, [changesets, "version"], { cwd: clone });
    const fill = join(clone, "scripts/release/fill-names.ts");
    expect(await runNode([fill, "fill"])).toMatchObject({ code: 0, stderr: "" });

    const after = await readVersion(clone);
    expect(after).toBe("1.0.0");
    for (const folder of await readdir(join(clone, "packages"))) {
      const manifest = await readFile(join(clone, "packages", folder, "package.json"), "utf8");
      expect([folder, JSON.parse(manifest).version]).toEqual([folder, after]);
    }
    const readme = await readFile(join(clone, "README.md"), "utf8");
    expect(readme).toContain(`/clipcourier@${majorTag(after)}\n`);
    const page = await readFile(join(clone, "docs/other-ci.md"), "utf8");
    expect(page).toContain(`npx -y clipcourier@${npmRange(after)} upload`);
    await commit(clone, "Raise the versions");
    const raised = await git(clone, "rev-parse", "HEAD");
    expect(await plan(clone, changed)).toEqual({
      ...{ version: after, "has-changesets": "false", "is-release": "true" },
    });
    // A change with a changeset that is pushed together with it holds the release up as little.
    await writeFile(join(clone, ".changeset/something-more.md"), changeset);
    await commit(clone, "Something more");
    expect(await plan(clone, changed)).toEqual({
      ...{ version: after, "has-changesets": "true", "is-release": "true" },
    });
    // By itself it is no release, though the version has no tag until all packages are published.
    expect(await plan(clone, raised)).toMatchObject({ "is-release": "false" });
    // Nor is the run that is repeated once everything is released.
    await git(clone, "tag", `v${after}`);
    expect(await plan(clone, changed)).toMatchObject({ "is-release": "false" });
  });
});

async function commit(cwd: string, message: string): Promise<void> {
  await git(cwd, "add", "--all");
  await git(cwd, "commit", "--quiet", "--message", message);
}

/** Runs the step that decides, as the workflow has it, for a push on top of the commit `before`. */
async function plan(cwd: string, before: string): Promise<Record<string, string>> {
  const { jobs } = parse(read(".github/workflows/release.yml"));
  const [script] = jobs.plan.steps.flatMap((step: { run?: string }) => step.run ?? []);
  const output = join((await makeFolder()).path, "output");
  await run("bash", ["-e", "-c", script], {
    cwd,
    env: { ...process.env, GITHUB_OUTPUT: output, BEFORE: before },
  });
  const lines = (await readFile(output, "utf8")).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")));
}

describe("the tags", () => {
  let remote: string;
  let clone: string;
  beforeEach(async () => ({ remote, clone } = await cloneRepository()));

  /** Commits a version, and tags it with the script that the workflow runs. */
  async function release(version: string) {
    const manifest = join(clone, "packages/action/package.json");
    await writeFile(manifest, JSON.stringify({ version }));
    await git(clone, "add", "--all");
    await git(clone, "commit", "--quiet", "--allow-empty", "--message", version);
    const result = await moveTags();
    return { ...result, commit: await git(clone, "rev-parse", "HEAD") };
  }
  const moveTags = () => runNode([join(clone, "scripts/release/move-tags.ts")], author);
  const commitOf = (tag: string) => git(remote, "rev-parse", `refs/tags/${tag}`);

  test("of a first release are its own and that of its major version", async () => {
    const { code, stderr, stdout, commit } = await release("0.1.0");
    expect([code, stderr, stdout]).toEqual([0, "", `v0.1.0 and v0: ${commit}\n`]);
    expect([await commitOf("v0.1.0"), await commitOf("v0")]).toEqual([commit, commit]);
  });

  test("of a major version follow its newest release, however often it is run", async () => {
    const first = await release("1.9.0");
    const second = await release("1.10.0");
    expect([await commitOf("v1.9.0"), await commitOf("v1")]).toEqual([first.commit, second.commit]);
    expect(await moveTags()).toMatchObject({ code: 0, stdout: "v1.10.0 is there already.\n" });
  });

  test("are not moved back by a correction of an older version, or by a prerelease", async () => {
    const newest = await release("1.10.0");
    const correction = await release("1.9.1");
    const prerelease = await release("1.11.0-beta.1");
    expect(await commitOf("v1.9.1")).toBe(correction.commit);
    expect(await commitOf("v1.11.0-beta.1")).toBe(prerelease.commit);
    expect(await commitOf("v1")).toBe(newest.commit);
    const next = await release("2.0.0");
    expect([await commitOf("v1"), await commitOf("v2")]).toEqual([newest.commit, next.commit]);
  });

  test("of a release are never moved", async () => {
    const { commit } = await release("1.0.0");
    const { code, stderr } = await release("1.0.0");
    expect(code).not.toBe(0);
    expect(stderr).toContain(`v1.0.0 is commit ${commit} already.`);
    expect(await commitOf("v1")).toBe(commit);
  });

  test("have an action that uploads without anything else of the repository's", async () => {
    const tag = majorTag(await readVersion(clone));
    expect(await moveTags()).toMatchObject({ code: 0, stderr: "" });
    const { path } = await makeFolder();
    // The runner downloads the tree of the tag, without its history and without what is ignored.
    await git(path, "clone", "--quiet", "--depth=1", "--branch", tag, `file://${remote}`, "action");
    const job = await startJob(join(path, "action"));
    const video = await job.write("out/intro.mp4", "");
    await makeVideo({
      path: video,
      container: "mp4",
      seconds: 1,
      width: 320,
      height: 180,
      rate: 10,
    });
    const service = await startTestService();
    const { exitCode, outputs } = await job.run({ ...inputsFor(service), files: "out/*.mp4" });
    expect(exitCode).toBe(0);
    expect(JSON.parse(outputs.clips ?? "")).toMatchObject([{ status: "available" }]);
  });
});
