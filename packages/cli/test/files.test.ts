import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

/** A folder with these files, each with content of its own, and a service to upload them to. */
async function prepare(...names: string[]): Promise<CliOptions> {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  for (const name of names) {
    await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
    await writeFile(path.join(cwd, name), `content of ${name}`);
  }
  return { cwd, env };
}

async function upload(patterns: string[], options: CliOptions) {
  const { code, stdout, stderr } = await runCli(["upload", "--json", ...patterns], options);
  const { clips }: { clips: { file: string; outcome: string }[] } = JSON.parse(stdout);
  return { code, stderr, clips, files: clips.map(({ file }) => file) };
}

test("patterns and names with brackets, sorted", async () => {
  const names = ["take [1].mp4", "out/b.webm", "out/a.mov", "out/notes.txt"];
  const options = await prepare(...names);
  const { code, files } = await upload(["take [1].mp4", "out/*.{webm,mov}"], options);
  expect([code, files]).toEqual([0, ["out/a.mov", "out/b.webm", "take [1].mp4"]]);
});

test("! excludes, wherever it stands", async () => {
  const options = await prepare("a.mp4", "b.mp4", "deep/c.mp4", "deep/draft-d.mp4");
  const found = await upload(["!b.mp4", "**/*.mp4", "!**/draft-*"], options);
  expect([found.code, found.files]).toEqual([0, ["a.mp4", "deep/c.mp4"]]);
  // As a shell hands over `*.mp4 '!b.mp4'`.
  const named = await upload(["a.mp4", "b.mp4", "!b.mp4"], options);
  expect([named.code, named.files]).toEqual([0, ["a.mp4"]]);
});

test("what excludes everything is an error", async () => {
  const { code, stderr, clips } = await upload(["a.mp4", "!*.mp4"], await prepare("a.mp4"));
  expect([code, clips]).toEqual([2, []]);
  expect(stderr).toContain("All files are excluded.");
});

test("a file that is given twice is uploaded once: two spellings, and a link", async () => {
  const options = await prepare("a.mp4", "out/b.mp4");
  await symlink(path.join(options.cwd, "a.mp4"), path.join(options.cwd, "another.mp4"));
  const absolute = path.join(options.cwd, "out", "b.mp4");
  const given = ["another.mp4", "./a.mp4", "a.mp4", "out/../a.mp4", absolute, "out/b.mp4"];
  expect((await upload(given, options)).files).toEqual(["a.mp4", "out/b.mp4"]);
});

test("a link that leads nowhere does not end the search, and is named", async () => {
  const options = await prepare("a.mp4", "c.mp4");
  await symlink("gone.mp4", path.join(options.cwd, "b.mp4"));
  const { code, stderr, files } = await upload(["*.mp4"], options);
  expect([code, files]).toEqual([0, ["a.mp4", "c.mp4"]]);
  expect(stderr).toContain("b.mp4 was skipped: it is gone, or a link that leads nowhere.");
});

test("what may not be read does not end the search, and is named", async () => {
  const options = await prepare("a.mp4", "closed/b.mp4", "listed/c.mp4");
  const { cwd } = options;
  await chmod(cwd, 0o755);
  // One cannot be listed; of the other, the names can be read and nothing else.
  await chmod(path.join(cwd, "closed"), 0o000);
  await chmod(path.join(cwd, "listed"), 0o444);
  // Root reads everything, so it gives that right up.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const { code, stderr, clips } = await upload(["**/*.mp4"], { ...options, uid });
  await chmod(path.join(cwd, "closed"), 0o755);
  await chmod(path.join(cwd, "listed"), 0o755);
  expect(code).toBe(1);
  expect(stderr).toContain("closed was skipped: the folder cannot be read (EACCES).");
  expect(clips).toMatchObject([
    { file: "a.mp4", outcome: "uploaded" },
    { file: "listed/c.mp4", outcome: "failed", error: { code: "source_unreadable" } },
  ]);
});
