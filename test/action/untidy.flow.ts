import { execFileSync } from "node:child_process";
import { appendFile, chmod, chown, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Gate, holdAt } from "../faults/gate.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { until } from "../until.ts";
import { type Job, startJob } from "./runner.ts";
import { inputsFor, inputsThrough } from "./service-inputs.ts";

async function startJobWith(...names: string[]): Promise<Job> {
  const job = await startJob();
  for (const name of names) await job.write(name, name);
  return job;
}

interface Told {
  file: string;
  outcome: string;
  error: { code: string; message: string } | null;
}

function readClips({ outputs }: { outputs: Record<string, string> }): Told[] {
  return JSON.parse(outputs.clips ?? "");
}

describe.skipIf(process.platform === "win32")("what is no video file", () => {
  test("a pipe, a socket and a pointer of Git LFS fail by themselves", async () => {
    const service = await startTestService();
    const job = await startJobWith("out/good.mp4");
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    await job.write("out/pointer.mp4", pointer);
    execFileSync("mkfifo", [join(job.workspace, "out/pipe.mp4")]);
    await listenAt(join(job.workspace, "out/socket.mp4"));
    await symlink("..", join(job.workspace, "out", "loop"));
    const step = await job.run({ files: "out/**/*.mp4\nout/pipe.mp4", ...inputsFor(service) });
    expect(step).toMatchObject({ exitCode: 1, openGroups: 0 });
    expect(readClips(step)).toMatchObject([
      { file: "out/good.mp4", outcome: "uploaded" },
      { file: "out/pipe.mp4", outcome: "failed", error: { code: "source_unreadable" } },
      { file: "out/pointer.mp4", outcome: "failed", error: { code: "source_unreadable" } },
      { file: "out/socket.mp4", outcome: "failed", error: { code: "source_unreadable" } },
    ]);
    const messages = step.errors.map(({ message }) => message);
    expect(messages).toEqual([
      "out/pipe.mp4 was not uploaded: it is not a file but a named pipe. Give the path of a video.",
      expect.stringMatching(/^out\/pointer\.mp4 .* a pointer of Git LFS\. .* lfs: true\.$/),
      "out/socket.mp4 was not uploaded: it is not a file but a socket. Give the path of a video.",
      "3 of 4 files failed.",
    ]);
  });

  test("files that change or vanish after they were found fail by themselves", async () => {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: { method: "PUT" }, fault: holdAt(gate) }]);
    const job = await startJobWith("a.mp4", "b.mp4", "c.mp4");
    const inputs = { files: "*.mp4", concurrency: "1", ...inputsThrough(spoiled) };
    const running = await job.start(inputs);
    await until(() => gate.held === 1);
    await appendFile(join(job.workspace, "a.mp4"), "more");
    await rm(join(job.workspace, "b.mp4"));
    gate.open();
    const step = await running.finished;
    expect(step).toMatchObject({ exitCode: 1, openGroups: 0 });
    expect(readClips(step)).toMatchObject([
      { file: "a.mp4", outcome: "failed", error: { code: "source_changed" } },
      { file: "b.mp4", outcome: "failed", error: { code: "source_unreadable" } },
      { file: "c.mp4", outcome: "uploaded" },
    ]);
    expect(step.errors[1]?.message).toBe(
      "b.mp4 was not uploaded: there is no such file. Check the path.",
    );
  });
});

// Elsewhere no name can be anything else than UTF-8 or UTF-16.
test.skipIf(process.platform !== "linux")("names that are not UTF-8 are uploaded", async () => {
  const service = await startTestService();
  const job = await startJobWith("out/good.mp4");
  const name = (end: string) =>
    Buffer.concat([Buffer.from(`${job.workspace}/out/caf`), Buffer.of(0xe9), Buffer.from(end)]);
  await writeFile(name(".mp4"), "one");
  await writeFile(name("-empty.mp4"), "");
  await mkdir(name(""));
  await writeFile(name("/in.mp4"), "two");
  const step = await job.run({ files: "out/**/*.mp4", ...inputsFor(service) });
  expect(step.exitCode).toBe(1);
  expect(readClips(step)).toMatchObject([
    { file: "out/caf\u{fffd}-empty.mp4", outcome: "failed", error: { code: "source_empty" } },
    { file: "out/caf\u{fffd}.mp4", outcome: "uploaded", size: 3 },
    { file: "out/caf\u{fffd}/in.mp4", outcome: "uploaded", size: 3 },
    { file: "out/good.mp4", outcome: "uploaded" },
  ]);
  expect(step.errors[0]?.message).toContain("caf\u{fffd}-empty.mp4 was not uploaded: it is empty.");
});

/** A folder as a container leaves it that ran as another user. */
async function closeFolder(job: Job, name: string): Promise<void> {
  const folder = join(job.workspace, name);
  if (process.getuid?.() === 0) await chown(folder, 4321, 4321);
  await chmod(folder, 0o000);
  onTestFinished(() => chmod(folder, 0o755));
}

const owner =
  process.getuid?.() === 0
    ? "It belongs to uid 4321, and this runs as root (uid 0). Change its owner with sudo chown"
    : "as whom this runs: allow reading it with chmod.";

describe.skipIf(process.platform === "win32")("a folder that may not be read", () => {
  const dry = { ...inputsFor({ rootUrl: "http://127.0.0.1:9/", appId: "a", appSecret: "none" }) };

  async function runClosed(files: string, inputs: Record<string, string> = {}) {
    const job = await startJobWith("good.mp4", "out/hidden.mp4");
    await closeFolder(job, "out");
    return job.run({ files, "dry-run": "true", ...dry, ...inputs }, { asOwner: true });
  }

  test("is a warning that names it and its owner", async () => {
    const step = await runClosed("**/*.mp4");
    expect(step).toMatchObject({ exitCode: 0, warnings: [{ name: "warning" }] });
    expect(step.warnings[0]?.message).toContain(
      "The folder out may not be read (EACCES), so its files are not found. ",
    );
    expect(step.warnings[0]?.message).toContain(owner);
    expect(readClips(step)).toMatchObject([{ file: "good.mp4" }]);
  });

  test("fails with fail-on-unmatched-pattern", async () => {
    const step = await runClosed("**/*.mp4", { "fail-on-unmatched-pattern": "true" });
    expect(step.exitCode).toBe(1);
    expect(step.errors[0]?.message).toContain("The folder out may not be read (EACCES)");
  });

  test.each(["out/hidden.mp4", "out/*.mp4"])(
    "%s says so, and not that it is missing",
    async (files) => {
      const step = await runClosed(files);
      expect(step.exitCode).toBe(1);
      expect(step.errors[0]?.message).toContain(
        `There are no files: ${files} may not be read (EACCES): the folder out does not let it be reached. `,
      );
      expect(step.errors[0]?.message).toContain(owner);
    },
  );

  test("is a warning even where no files are nothing", async () => {
    const step = await runClosed("o*/*.mp4", { "if-no-files-found": "ignore" });
    expect(step.exitCode).toBe(0);
    expect(step.warnings[0]?.message).toContain("The folder out may not be read (EACCES)");
  });
});

test.skipIf(process.platform === "win32")(
  "a file that may not be read names its owner",
  async () => {
    const service = await startTestService();
    const job = await startJobWith("good.mp4", "secret.mp4");
    await closeFolder(job, "secret.mp4");
    const step = await job.run({ files: "*.mp4", ...inputsFor(service) }, { asOwner: true });
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ "uploaded-count": "1", "failed-count": "1" });
    expect(step.errors[0]?.message).toContain("secret.mp4 was not uploaded: it may not be read. ");
    expect(step.errors[0]?.message).toContain(owner);
  },
);

test("a line of files with commas says how to write it", async () => {
  const job = await startJobWith("a.mp4", "b.mp4");
  const inputs = inputsFor({ rootUrl: "http://127.0.0.1:9/", appId: "a", appSecret: "none" });
  const step = await job.run({ files: "a.mp4, b.mp4", ...inputs });
  expect(step.errors).toMatchObject([
    {
      message:
        "There are no files: a.mp4, b.mp4 matches no file. Commas do not separate paths: write each path on a line of its own.",
    },
  ]);
});

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
}
