import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { makeFolder } from "../start-service.ts";
import { read, readWorkflow, stepsOf } from "./example-files.ts";

interface GitlabJob {
  script: string[];
}
interface BuildkitePipeline {
  steps: { commands: string[] }[];
}
interface CircleJob {
  steps: (string | { run?: string | { command: string; when?: string } })[];
}

/** The script of a job or step. */
export interface Script {
  text: string;
  /** Whether it runs after a step that failed, too. */
  isRunAfterFailure?: boolean;
}

/** The scripts of an example, as its CI gives them to the shell. */
const scriptReaders: Record<string, () => Script[]> = {
  "examples/gitlab-ci.yml": () => {
    const jobs: Record<string, GitlabJob> = parse(read("examples/gitlab-ci.yml"));
    return Object.values(jobs).map(({ script }) => ({ text: script.join("\n") }));
  },
  "examples/forgejo.yml": () =>
    stepsOf(readWorkflow("examples/forgejo.yml")).flatMap((step) =>
      step.run === undefined
        ? []
        : { text: step.run, isRunAfterFailure: /!cancelled\(\)/.test(step.if ?? "") },
    ),
  "examples/buildkite.yml": () => {
    const { steps }: BuildkitePipeline = parse(read("examples/buildkite.yml"));
    return steps.map(({ commands }) => ({ text: commands.join("\n").replaceAll("$$", "$") }));
  },
  "examples/circleci.yml": () => {
    const { jobs }: { jobs: Record<string, CircleJob> } = parse(read("examples/circleci.yml"));
    return Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap((step) => {
        if (typeof step === "string" || step.run === undefined) return [];
        if (typeof step.run === "string") return { text: step.run };
        return { text: step.run.command, isRunAfterFailure: step.run.when === "always" };
      }),
    );
  },
  "docs/other-ci.md": () => {
    const [, text = ""] = /```sh\n(.*?)```/s.exec(read("docs/other-ci.md")) ?? [];
    return [{ text }];
  },
};

/** @param path of an example for another CI, or of its documentation, whose first script is meant */
export function scriptsOf(path: string): Script[] {
  return scriptReaders[path]?.() ?? [];
}

/** The lines of all scripts of an example. */
export function linesOf(path: string): string[] {
  return scriptsOf(path).flatMap(({ text }) => text.split("\n"));
}

/** What CIs set, as far as the examples use it. */
const variables = {
  BUILDKITE_PULL_REQUEST: "7",
  BUILDKITE_COMMIT: "a".repeat(40),
  BUILDKITE_BUILD_NUMBER: "12",
  CIRCLE_PULL_REQUEST: "https://github.com/acme/site/pull/7",
  CIRCLE_SHA1: "a".repeat(40),
  CIRCLE_BUILD_NUM: "12",
};

/** Programs that do nothing, or print a token; `npx` writes down what it was called with. */
const programs: Record<string, string> = {
  npm: "",
  ffmpeg: "",
  "apt-get": "",
  circleci: "echo token",
  "buildkite-agent": "echo token",
  npx: `printf '%s\\0' "$@" >> "$CALLS"; printf '\\n' >> "$CALLS"
    for word; do if [ "$word" = "$FAILING" ]; then exit 3; fi; done`,
};

/** What has come of scripts. */
export interface ScriptsRun {
  /** The arguments of each `npx`. */
  calls: string[][];
  /** Whether a script failed, and with it the job. */
  hasFailed: boolean;
}

/**
 * Runs scripts in a shell, as a CI does.
 *
 * @param failing the word of a call of `npx` that fails
 */
export async function runScripts(scripts: readonly Script[], failing = ""): Promise<ScriptsRun> {
  const { path: folder } = await makeFolder();
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const calls = join(folder, "calls");
  await writeFile(calls, "");
  const path = `${bin}${delimiter}${process.env.PATH}`;
  const env = { ...variables, CALLS: calls, FAILING: failing, PATH: path };
  let hasFailed = false;
  for (const { text, isRunAfterFailure } of scripts) {
    if (hasFailed && !isRunAfterFailure) continue;
    const running = promisify(execFile)("sh", ["-e", "-c", text], { cwd: folder, env });
    await running.catch((error: Error & { code?: unknown }) => {
      // What a call that fails on purpose ends with.
      if (error.code !== 3) throw error;
      hasFailed = true;
    });
  }
  const lines = (await readFile(calls, "utf8")).split("\n").slice(0, -1);
  return { calls: lines.map((line) => line.split("\0").slice(0, -1)), hasFailed };
}
