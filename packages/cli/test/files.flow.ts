import { execFileSync } from "node:child_process";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService } from "./start-service.js";

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
  expect(stderr).toContain(
    "The folder closed may not be read (EACCES), so its files are not found. It belongs to ",
  );
  expect(clips).toMatchObject([
    { file: "a.mp4", outcome: "uploaded" },
    { file: "listed/c.mp4", outcome: "failed", error: { code: "source_unreadable" } },
  ]);
});

test("a folder that may not be read, and nothing beside it, is an error", async () => {
  const options = await prepare("out/a.mp4");
  const out = path.join(options.cwd, "out");
  await chmod(options.cwd, 0o755);
  await chmod(out, 0o000);
  onTestFinished(() => chmod(out, 0o755));
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  for (const pattern of ["**/*.mp4", "out/*.mp4", "out/a.mp4"]) {
    const { code, stderr } = await runCli(["upload", "-q", pattern], { ...options, uid });
    expect(code).toBe(2);
    expect(stderr).toMatch(/out may not be read|folder out does not let it be reached/);
    expect(stderr).toContain("It belongs to ");
    expect(stderr).toContain("Nothing was uploaded.");
  }
});

// Elsewhere no name can be anything else than UTF-8 or UTF-16.
test.skipIf(process.platform !== "linux")("names that are not UTF-8 are uploaded", async () => {
  const options = await prepare("good.mp4");
  const latin = (end: string) =>
    Buffer.concat([Buffer.from(`${options.cwd}/caf`), Buffer.of(0xe9), Buffer.from(end)]);
  await writeFile(latin(".mp4"), "one");
  await writeFile(latin("-empty.mp4"), "");
  const { code, stderr, clips } = await upload(["*.mp4"], options);
  expect(code).toBe(1);
  expect(clips).toMatchObject([
    { file: "caf\u{fffd}-empty.mp4", outcome: "failed" },
    { file: "caf\u{fffd}.mp4", outcome: "uploaded" },
    { file: "good.mp4", outcome: "uploaded" },
  ]);
  expect(stderr).toContain("caf\u{fffd}-empty.mp4 was not uploaded: it is empty.");
});

test("a file that vanishes after it was found fails by itself", async () => {
  const names = Array.from({ length: 10 }, (_, number) => `${number}.mp4`);
  const { cwd, env } = await prepare(...names);
  // Eight files are under way at once: the other two are not opened before these have signed in.
  const front = await startServer((incoming, outgoing) => {
    const pass = () => forward(env?.CLIPCOURIER_API_URL ?? "", incoming, outgoing);
    if (incoming.url?.includes("/login/")) void rm(path.join(cwd, "8.mp4")).then(pass);
    else pass();
  });
  const through = { ...env, CLIPCOURIER_API_URL: front.rootUrl };
  const { code, clips } = await upload(["*.mp4"], { cwd, env: through });
  expect(code).toBe(1);
  expect(clips.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 8 }, () => "uploaded"),
    ...["failed", "uploaded"],
  ]);
  expect(clips[8]).toMatchObject({ error: { code: "source_unreadable" } });
});

test.skipIf(process.platform === "win32")(
  "a pipe and a pointer of Git LFS fail by themselves",
  async () => {
    const options = await prepare("good.mp4");
    execFileSync("mkfifo", [path.join(options.cwd, "pipe.mp4")]);
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    await writeFile(path.join(options.cwd, "pointer.mp4"), pointer);
    const { code, stderr, clips } = await upload(["*.mp4", "pipe.mp4"], options);
    expect(code).toBe(1);
    expect(clips.map(({ outcome }) => outcome)).toEqual(["uploaded", "failed", "failed"]);
    expect(stderr).toContain("pipe.mp4 was not uploaded: it is not a file but a named pipe.");
    expect(stderr).toContain(
      "pointer.mp4 was not uploaded: it is not the video but a pointer of Git LFS.",
    );
  },
);

test("an argument that a shell would have read otherwise says so", async () => {
  const options = await prepare("a.mp4", "b.mp4");
  const { code, stderr } = await upload(["a.mp4,b.mp4", "~/a.mp4"], options);
  expect(code).toBe(2);
  expect(stderr).toContain("Commas do not separate paths: give each path as an argument");
  expect(stderr).toContain("The ~ at its start is filled in by a shell only");
});
