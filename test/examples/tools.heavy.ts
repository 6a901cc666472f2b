import { execFile } from "node:child_process";
import { cp, mkdir, readFile, truncate } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { type Job, startJob } from "../action/runner.ts";
import { placeFfmpeg } from "../media/playwright-ffmpeg.ts";
import { ffmpeg, ffprobe, installPrograms } from "../media/programs.ts";
import { linesOf, runScripts, scriptsOf } from "./command-lines.ts";
import { isOurs, readWorkflow, type Step, stepsOf } from "./example-files.ts";
import { playwright, remotion, setUp, storybook } from "./tool-projects.ts";

const run = promisify(execFile);
const commandLine = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));

// The tools of the examples are really run here, with Debian's ffmpeg and Chromium.
beforeAll(installPrograms);

/** Runs a script in a job's workspace. @throws Error with what it printed, where it ends otherwise */
async function runScript(job: Job, script: string, expectedCode = 0): Promise<void> {
  const browsers = join(job.workspace, ".browsers");
  const env = {
    // The tools run under this Node.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    ...{ HOME: dirname(job.workspace), CI: "true", PLAYWRIGHT_BROWSERS_PATH: browsers },
    ...{ DO_NOT_TRACK: "1", STORYBOOK_DISABLE_TELEMETRY: "1" },
  };
  const { status, stdout, stderr } = await new Promise<Ended>((resolve) => {
    const options = { cwd: job.workspace, env, timeout: 240_000 };
    execFile("sh", ["-e", "-c", script], options, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });
  expect(status, `${script}\n${stdout}\n${stderr}`).toBe(expectedCode);
}

interface Ended {
  status: unknown;
  stdout: string;
  stderr: string;
}

/** The steps of an example whose script begins with one of these. */
function scriptsIn(path: string, ...beginnings: string[]): string[] {
  const scripts = stepsOf(readWorkflow(path)).flatMap(({ run: script }) => script ?? []);
  return beginnings.map((beginning) => {
    const found = scripts.find((script) => script.startsWith(beginning));
    if (!found) throw new Error(`${path} does not run ${beginning}`);
    return found;
  });
}

const ourStep = (path: string): Step => {
  const step = stepsOf(readWorkflow(path)).find(isOurs);
  if (!step) throw new Error(`${path} does not use the action`);
  return step;
};

/** Which files the action would upload in a workspace, with the inputs of an example. */
async function listFiles(job: Job, path: string): Promise<string[]> {
  const { files } = ourStep(path).with ?? {};
  const inputs = { "api-url": "https://clips.example.com/v2.7", "dry-run": "true" };
  const { exitCode, outputs, log } = await job.run({ ...inputs, files: String(files) });
  expect(exitCode, log).toBe(0);
  const clips: { file: string }[] = JSON.parse(outputs.clips ?? "[]");
  return clips.map(({ file }) => file);
}

/** Uploads as an example for another CI does, to a service in a folder, and returns the files' names. */
async function uploadFiles(job: Job, path: string): Promise<string[]> {
  const { calls } = await runScripts(scriptsOf(path));
  const [, , ...args] = calls.find((call) => call.includes("upload")) ?? [];
  const env = { PATH: process.env.PATH, HOME: dirname(job.workspace) };
  const order = [commandLine, ...args, "--no-wait", "--folder", `.clips/${basename(path)}`];
  await run(process.execPath, order, { cwd: job.workspace, env });
  const results = await readFile(join(job.workspace, "clips.json"), "utf8");
  const { clips }: { clips: { file: string; outcome: string }[] } = JSON.parse(results);
  expect(clips.map(({ outcome }) => outcome)).toEqual(clips.map(() => "uploaded"));
  return clips.map(({ file }) => file);
}

describe("Remotion", () => {
  test("writes what the examples upload", async () => {
    const [command = ""] = scriptsIn("examples/matrix.yml", "npx remotion");
    const plain = ["remotion", "oidc", "forks-render"].flatMap((name) =>
      scriptsIn(`examples/${name}.yml`, "npx remotion"),
    );
    // The matrix's command is the others', with a value of the matrix.
    expect(plain).toEqual(plain.map(() => command.split(" --props=")[0]));
    const job = await startJob();
    await setUp(remotion, job.workspace);
    await runScript(job, command.replace(/\$\{\{ matrix\.language }}/, "de"));
    for (const name of ["remotion", "oidc", "matrix"]) {
      expect(await listFiles(job, `examples/${name}.yml`)).toEqual(["out/intro.mp4"]);
    }
    // An artifact begins at the folder before the first pattern.
    await cp(join(job.workspace, "out"), join(job.workspace, "videos"), { recursive: true });
    expect(await listFiles(job, "examples/forks-show.yml")).toEqual(["videos/intro.mp4"]);
    expect((await ffprobe(join(job.workspace, "out/intro.mp4"))).videoCodec).toBe("h264");
  });
});

/** A workspace in which Playwright records. */
async function startPlaywrightJob(project: typeof playwright): Promise<Job> {
  const job = await startJob();
  await setUp(project, job.workspace);
  const { resolve } = createRequire(join(job.workspace, "node_modules/@playwright/test/"));
  const manifest = createRequire(resolve("playwright/package.json")).resolve(
    "playwright-core/package.json",
  );
  await placeFfmpeg(join(job.workspace, ".browsers"), manifest);
  return job;
}

describe("Playwright", () => {
  test("records the test that failed, and that alone", async () => {
    const job = await startPlaywrightJob(playwright);
    const [command = ""] = scriptsIn("examples/playwright.yml", "npx playwright test");
    for (const name of ["gitlab-ci", "circleci"]) {
      const commands = linesOf(`examples/${name}.yml`).map((line) => line.split(" || ")[0]);
      expect(commands).toContain(command);
    }
    await runScript(job, command, 1);
    const recordings = ["test-results/page-Wrong/video.webm"];
    expect(await listFiles(job, "examples/playwright.yml")).toEqual(recordings);
    for (const name of ["gitlab-ci", "circleci"]) {
      expect(await uploadFiles(job, `examples/${name}.yml`)).toEqual(recordings);
    }
  });

  test("records the stories of a built Storybook", async () => {
    const job = await startPlaywrightJob(storybook);
    const path = "examples/storybook-record.yml";
    for (const command of scriptsIn(path, "npx storybook build", "npx playwright test")) {
      await runScript(job, command);
    }
    await cp(join(job.workspace, "test-results"), join(job.workspace, "recordings"), {
      recursive: true,
    });
    expect(await listFiles(job, "examples/storybook-show.yml")).toEqual([
      "recordings/button-saves/video.webm",
    ]);
  });
});

describe("ffmpeg", () => {
  /** Images in a workspace, as a tool names them. */
  async function startFramesJob(pattern: string, first: number): Promise<Job> {
    const job = await startJob();
    await mkdir(join(job.workspace, "frames"));
    const source = ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=24:duration=1"];
    const to = join(job.workspace, "frames", pattern);
    await ffmpeg(...source, "-start_number", String(first), to);
    return job;
  }

  test.each([
    ["examples/ffmpeg.yml", "%04d.png", 1, "frames.mp4"],
    ["examples/blender.yml", "%04d.png", 1, "shot.mp4"],
    ["examples/simulation.yml", "camera_%d.png", 0, "camera.mp4"],
  ])("makes the video of %s", async (path, pattern, first, video) => {
    const job = await startFramesJob(pattern, first);
    const [command = ""] = scriptsIn(path, "ffmpeg");
    await runScript(job, command);
    expect(await listFiles(job, path)).toEqual([video]);
    expect((await ffprobe(join(job.workspace, video))).videoCodec).toBe("h264");
  });

  test("makes a video of the frames before the one that was being written", async () => {
    const job = await startFramesJob("%04d.png", 1);
    await truncate(join(job.workspace, "frames/0024.png"), 500);
    const [command = ""] = scriptsIn("examples/blender.yml", "ffmpeg");
    await runScript(job, command);
    const { duration } = await ffprobe(join(job.workspace, "shot.mp4"));
    expect(duration).toBeCloseTo(23 / 24, 2);
  });

  test.each(["examples/forgejo.yml", "examples/buildkite.yml"])(
    "makes the video of %s",
    async (path) => {
      const job = await startFramesJob("%04d.png", 1);
      const command = linesOf(path).find((line) => line.startsWith("ffmpeg"));
      await runScript(job, command ?? "false");
      expect(await uploadFiles(job, path)).toEqual(["frames.mp4"]);
    },
  );

  test("cannot read an mp4 that was cut short, but can read WebM and Matroska", async () => {
    const job = await startJob();
    const source = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=8:duration=20"];
    for (const [name, codec] of Object.entries({ mp4: "h264", mkv: "h264", webm: "vp8" })) {
      const path = join(job.workspace, `cut.${name}`);
      await ffmpeg(...source, "-c:v", codec === "vp8" ? "libvpx" : "libx264", path);
      await truncate(path, Math.floor((await readFile(path)).length / 2));
      const read = ffprobe(path);
      if (name === "mp4") await expect(read).rejects.toThrow("moov atom not found");
      else expect((await read).videoCodec).toBe(codec);
    }
  });
});
