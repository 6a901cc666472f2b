import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseConfig } from "@circleci/circleci-config-parser";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { makeFolder } from "../start-service.ts";
import { runScripts, scriptsOf } from "./command-lines.ts";
import { otherCiExamples, read, readWorkflow } from "./example-files.ts";
import { ownCommand } from "./own-names.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const commandLine = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));
const gitlabCiLocal = fileURLToPath(import.meta.resolve("gitlab-ci-local"));

/** Runs Node in a folder, and returns what it printed where it failed. */
async function findFlaws(folder: string, args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: process.env.PATH, HOME: folder };
  const ended = await run(process.execPath, args, { cwd: folder, env }).catch(
    (error: Error & { stdout: string; stderr: string }) => error,
  );
  return ended instanceof Error ? ended.stdout + ended.stderr : undefined;
}

/** Checks a pipeline with the schema that GitLab's own editor uses. */
async function lintGitlab(text: string): Promise<string | undefined> {
  const { path, write } = await makeFolder();
  await write(".gitlab-ci.yml", Buffer.from(text));
  return findFlaws(path, [gitlabCiLocal, "--list-json"]);
}

/** Checks a pipeline with the types of Buildkite's SDK, which are made from its schema. */
async function lintBuildkite(text: string): Promise<string | undefined> {
  const { env, steps, ...others } = parse(text);
  expect(others).toEqual({});
  const { path } = await makeFolder();
  await mkdir(join(path, "node_modules/@buildkite"), { recursive: true });
  const sdk = dirname(require.resolve("@buildkite/buildkite-sdk/package.json"));
  await symlink(sdk, join(path, "node_modules/@buildkite/buildkite-sdk"), "junction");
  const typed = `import type { CommandStep } from "@buildkite/buildkite-sdk";
    export const env: Record<string, string> = ${JSON.stringify(env)};
    export const steps: CommandStep[] = ${JSON.stringify(steps)};`;
  await writeFile(join(path, "pipeline.ts"), typed);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const order = ["--noEmit", "--strict", "--skipLibCheck", "--module", "preserve", "--types", ""];
  return findFlaws(path, [tsc, ...order, "pipeline.ts"]);
}

test("what comments runs once at a time for each pull request, where the CI can be told so", () => {
  const gitlab = parse(read("examples/gitlab-ci.yml"));
  expect(Object.values(gitlab)).toEqual([expect.objectContaining({ interruptible: true })]);
  const { steps } = parse(read("examples/buildkite.yml"));
  expect(steps).toEqual([
    expect.objectContaining({
      concurrency: 1,
      concurrency_group: expect.stringMatching(/\$BUILDKITE_PULL_REQUEST$/),
    }),
  ]);
  expect(readWorkflow("examples/forgejo.yml").concurrency).toEqual(
    readWorkflow("examples/remotion.yml").concurrency,
  );
});

// gitlab-ci-local runs on Linux and macOS alone, and so do the examples' shells.
describe.skipIf(process.platform === "win32")("GitLab", () => {
  const text = read("examples/gitlab-ci.yml");

  test("the example keeps to the schema", async () => {
    expect(await lintGitlab(text)).toBeUndefined();
  });

  test("a key that there is not is found", async () => {
    expect(await lintGitlab(text.replace("id_tokens:", "id_token:"))).toContain("id_token");
  });
});

describe("Buildkite", () => {
  const text = read("examples/buildkite.yml");

  test("the example keeps to the types of its SDK", async () => {
    expect(await lintBuildkite(text)).toBeUndefined();
  });

  test("a key that there is not is found", async () => {
    expect(await lintBuildkite(text.replace("commands:", "scripts:"))).toContain("scripts");
  });
});

describe("CircleCI", () => {
  const text = read("examples/circleci.yml");

  test("the example is taken by its parser", () => {
    const { jobs, workflows } = parseConfig(text);
    expect(jobs.map(({ name }) => name)).toEqual(["end-to-end"]);
    expect(workflows?.map(({ name }) => name)).toEqual(["pull-request"]);
  });

  test("a step that there is not is found", () => {
    expect(() => parseConfig(text.replace("- run:", "- runs:"))).toThrow("runs");
  });
});

describe.skipIf(process.platform === "win32").each(otherCiExamples)("%s", (path) => {
  test("calls the command line with options that it has", async () => {
    const { calls, hasFailed } = await runScripts(scriptsOf(path));
    expect(hasFailed).toBe(false);
    const ours = calls.filter((call) => call.includes(ownCommand));
    const commands = [];
    for (const [yes, name, ...args] of ours) {
      expect([yes, name]).toEqual(["-y", ownCommand]);
      commands.push(await parseCommandLine(args));
    }
    // One uploads and writes the results, which the other shows.
    expect(commands.map(({ name }) => name)).toEqual(["upload", "comment"]);
    const [upload, comment] = commands;
    expect(comment?.args).toEqual([upload?.options.outputFile]);
  });
});

const withScripts = [...otherCiExamples, "docs/other-ci.md"];

describe.skipIf(process.platform === "win32").each(withScripts)("%s", (path) => {
  test.each(["upload", "comment"])("fails when %s fails, and has called both", async (failing) => {
    const { calls, hasFailed } = await runScripts(scriptsOf(path), failing);
    const ours = calls.filter((call) => call.includes(ownCommand));
    expect(ours.map(([, , command]) => command)).toEqual(["upload", "comment"]);
    expect(hasFailed).toBe(true);
  });
});

test.skipIf(process.platform === "win32").each(["gitlab-ci", "circleci"])(
  "%s shows the recordings of tests that failed, and fails",
  async (name) => {
    const { calls, hasFailed } = await runScripts(scriptsOf(`examples/${name}.yml`), "playwright");
    expect(calls.map((call) => call.slice(0, 3))).toEqual([
      ["playwright", "test"],
      ["-y", ownCommand, "upload"],
      ["-y", ownCommand, "comment"],
    ]);
    expect(hasFailed).toBe(true);
  },
);

test("Jenkins runs the steps after an upload that failed", () => {
  expect(read("docs/other-ci.md")).toMatch(
    /catchError \{\n +sh 'npx -y clipcourier@\S+ upload .*'\n +\}\n/,
  );
});

test("the examples set variables that the command line reads", async () => {
  const help = await Promise.all(
    ["upload", "comment"].map((name) => run(process.execPath, [commandLine, name, "--help"])),
  );
  const known = new Set(help.flatMap(({ stdout }) => stdout.match(/\bCLIPCOURIER_\w+/g) ?? []));
  const used = otherCiExamples.flatMap((path) => read(path).match(/\bCLIPCOURIER_\w+/g) ?? []);
  expect(used.length).toBeGreaterThan(5);
  expect([...known]).toEqual(expect.arrayContaining(used));
});

test("an option that there is not, and a value that an option does not take, are found", async () => {
  await expect(parseCommandLine(["upload", "a.mp4", "--outputs", "b"])).rejects.toThrow(
    "--outputs",
  );
  await expect(
    parseCommandLine(["upload", "a.mp4", "--if-no-files-found", "perhaps"]),
  ).rejects.toThrow("perhaps");
});
