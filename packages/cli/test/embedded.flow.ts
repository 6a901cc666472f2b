import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { startEmbedded } from "clipcourier";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { Cli, makeFolder, runCli } from "./run-cli.js";

let video: Buffer;

beforeAll(async () => {
  const folder = path.join(import.meta.dirname, "..", "node_modules", ".cache", "clipcourier");
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${process.pid}.mp4`);
  await makeVideo({ path: file, container: "mp4", seconds: 1, width: 160, height: 120, rate: 10 });
  video = await readFile(file);
});

async function makeFolderWithVideo(): Promise<string> {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), video);
  return cwd;
}

test("without a service the embedded one makes a clip, and knows it again", async () => {
  const cwd = await makeFolderWithVideo();
  // A proxy must not be used for a service on this machine.
  const env = { HTTP_PROXY: "http://127.0.0.1:9/" };
  const first = await runCli(["upload", "--json", "a.mp4"], { cwd, env });
  expect(first.stderr).toContain(
    "No service is configured: using the embedded one on .clipcourier",
  );
  expect(first.stderr).toContain("The pages open while this runs: clipcourier serve\n");
  expect(first.code).toBe(0);
  const [clip] = JSON.parse(first.stdout).clips;
  expect(clip).toMatchObject({ outcome: "uploaded", status: "available" });
  const page = `http://127.0.0.1:4280/c/${clip.id}`;
  expect(clip.url).toBe(page);
  expect(clip.thumbnail).toBe(`${page}/thumbnail.jpg`);
  expect(clip.preview).toBe(`${page}/preview.gif`);

  const second = await runCli(["upload", "--json", "a.mp4"], { cwd, env });
  const [known] = JSON.parse(second.stdout).clips;
  expect(known).toMatchObject({ outcome: "known", bytesSent: 0, id: clip.id, url: clip.url });
});

test("git leaves its folder out, and its secret is for the owner alone", async () => {
  const cwd = await makeFolderWithVideo();
  expect((await runCli(["upload", "-q", "a.mp4"], { cwd })).stderr).toBe("");
  expect(await readFile(path.join(cwd, ".clipcourier", ".gitignore"), "utf8")).toBe("*\n");
  const { mode } = await stat(path.join(cwd, ".clipcourier", "embedded.json"));
  expect(mode & 0o077).toBe(0);
});

test("a folder that holds something else gets no .gitignore", async () => {
  const cwd = await makeFolderWithVideo();
  const { code } = await runCli(["upload", "--folder", ".", "a.mp4"], { cwd });
  expect(code).toBe(0);
  expect(await readdir(cwd)).not.toContain(".gitignore");
});

test("several at once on one folder share an account and corrupt nothing", async () => {
  const cwd = await makeFolderWithVideo();
  const runs = await Promise.all(
    [1, 2, 3].map(() => runCli(["upload", "--json", "a.mp4"], { cwd })),
  );
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(
    runs.map(({ stderr }) => [0, stderr]),
  );
  const clips = runs.map(({ stdout }) => JSON.parse(stdout).clips[0]);
  expect(new Set(clips.map(({ id, url }) => `${id} ${url}`)).size).toBe(1);
  const list = JSON.parse((await runCli(["clips", "list", "--json"], { cwd })).stdout);
  expect(list).toMatchObject({ total: 1, clips: [{ id: clips[0].id, status: "available" }] });
});

test("a file that is no video fails, with the service's reason", async () => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "this is no video at all");
  const { code, stdout } = await runCli(["upload", "--json", "a.mp4"], { cwd });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    clips: [{ outcome: "failed", size: 23, bytesSent: 23, error: { code: "clip_failed" } }],
    failed: 1,
  });
});

test("serve on the same folder plays what was uploaded, to an app of its own", async () => {
  const cwd = await makeFolderWithVideo();
  const { stdout } = await runCli(["upload", "--json", "a.mp4"], { cwd });
  const [clip] = JSON.parse(stdout).clips;
  const serve = new Cli(["serve", "--port", "0"], { cwd });
  await serve.waitFor("CLIPCOURIER_APP_SECRET");
  const origin = /Clipcourier is up at (\S+)/.exec(serve.stdout)?.[1];
  const page = await fetch(new URL(`c/${clip.id}`, origin));
  expect(page.status).toBe(200);
  const content = await fetch(new URL(`c/${clip.id}/video`, origin));
  expect(Buffer.from(await content.arrayBuffer()).equals(video)).toBe(true);
});

test("the embedded service shows nobody what the service on the same folder was told is private", async () => {
  const cwd = await makeFolder();
  const serve = new Cli(["serve", "--port", "0", "--private"], { cwd });
  await serve.waitFor("CLIPCOURIER_APP_SECRET");
  const embedded = await startEmbedded({ folder: path.join(cwd, ".clipcourier"), media: false });
  onTestFinished(() => embedded.close());
  await using client = new DirectUploadClient(embedded.clientOptions);
  const { clip } = await client.upload(Buffer.from("any bytes, since nobody looks"));
  expect(clip.isPrivate).toBe(true);
  expect((await fetch(clip.url)).status).toBe(404);
  const { url } = await client.createLink(clip.id);
  expect((await fetch(url)).status).toBe(200);
});

test("the embedded service leaves the retention of the service on the same folder as it is", async () => {
  const cwd = await makeFolder();
  const args = ["serve", "--port", "0", "--retention-days", "30"];
  const serve = new Cli(args, { cwd });
  await serve.waitFor("CLIPCOURIER_APP_SECRET");
  const folder = path.join(cwd, ".clipcourier");
  const listRecords = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => name.includes("retention.json"));
  const recorded = await listRecords();
  expect(recorded).not.toEqual([]);
  const embedded = await startEmbedded({ folder, media: false });
  await embedded.close();
  expect(await listRecords()).toEqual(recorded);
});

test("clips asks for a service rather than make an empty folder", async () => {
  const cwd = await makeFolder();
  const { code, stderr } = await runCli(["clips", "list"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("No service is configured");
  expect(await readdir(cwd)).toEqual([]);
});

test("a program can start it", async () => {
  const folder = path.join(await makeFolder(), "clips");
  const embedded = await startEmbedded({ folder, media: false });
  onTestFinished(() => embedded.close());
  await using client = new DirectUploadClient(embedded.clientOptions);
  const { clip } = await client.upload(Buffer.from("any bytes, since nobody looks"));
  expect(clip.status).toBe("available");
  expect((await fetch(clip.url)).status).toBe(200);
});

test("a comparison that takes the embedded service longer than there is time is gone on with by the next command", async () => {
  const cwd = await makeFolderWithVideo();
  const other = path.join(cwd, "b.mp4");
  await makeVideo({
    path: other,
    ...{ container: "mp4", seconds: 2, width: 160, height: 120, rate: 10 },
  });
  const uploaded = await runCli(["upload", "--json", "a.mp4", "b.mp4"], { cwd });
  const ids = JSON.parse(uploaded.stdout).clips.map(({ id }: { id: string }) => id);
  const compare = ["clips", "compare", ...ids];
  const late = await runCli([...compare, "--timeout", "1ms"], { cwd });
  expect(late.code).toBe(1);
  expect(late.stderr).toContain("until the embedded service runs again: repeat the command.");
  const again = await runCli([...compare, "--json"], { cwd });
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout).comparison.diff.verdict).toMatch(
    /changed|longer|shorter|different/,
  );
});
