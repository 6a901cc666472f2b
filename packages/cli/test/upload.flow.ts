import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { startServer, startTestService } from "./start-service.js";

test("prints name, id and page of each file, and no colour into a pipe", async () => {
  const { env, rootUrl } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), randomBytes(3000));
  // CI and a terminal's name make some libraries colour their output even in a pipe.
  const options = { cwd, env: { ...env, CI: "true", TERM: "xterm-256color" } };
  const { code, stdout, stderr } = await runCli(["upload", "intro.mp4"], options);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^intro\.mp4: uploaded 2\.9 KiB in [\d.]+ s\n {2}id +\S{24}\n/);
  expect(stdout).toContain(`  page       ${new URL("/c/", rootUrl).href}`);
  // Where the upload takes longer than some seconds, lines about its progress follow.
  expect(stderr).toMatch(/^intro\.mp4: 2\.9 KiB\n/);
  expect(stdout + stderr).not.toContain("\u001b");
});

test("--json prints one document on stdout", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "content");
  const first = await runCli(["upload", "--json", "intro.mp4"], { cwd, env });
  expect(first.code).toBe(0);
  const document = JSON.parse(first.stdout);
  expect(document).toEqual({
    clips: [
      {
        file: "intro.mp4",
        outcome: "uploaded",
        id: expect.stringMatching(/^[\w-]{24}$/),
        url: expect.stringContaining("/c/"),
        thumbnail: null,
        preview: null,
        status: "available",
        size: 7,
        ...{ plays: null, notes: [] },
        md5: "9a0364b9e99bb480dd25e1f0284c8555",
        duration: null,
        width: null,
        height: null,
        bytesSent: 7,
        bytesReused: 0,
        attempts: 1,
        milliseconds: expect.any(Number),
        error: null,
      },
    ],
    failed: 0,
  });

  const second = JSON.parse((await runCli(["upload", "--json", "intro.mp4"], { cwd, env })).stdout);
  expect(second.clips[0]).toMatchObject({
    ...{ outcome: "known", bytesSent: 0, attempts: 0 },
    ...{ id: document.clips[0].id, url: document.clips[0].url },
  });
});

test("known content is said to be known", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "content");
  await runCli(["upload", "intro.mp4"], { cwd, env });
  const { stdout } = await runCli(["upload", "intro.mp4"], { cwd, env });
  expect(stdout).toMatch(/^intro\.mp4: known already, 0 bytes sent\n/);
});

test("a file that fails does not stop the others", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "");
  await writeFile(path.join(cwd, "b.mp4"), "content");
  const text = await runCli(["upload", "a.mp4", "b.mp4"], { cwd, env });
  expect(text.code).toBe(1);
  expect(text.stdout).toMatch(/^b\.mp4: uploaded/);
  expect(text.stderr).toMatch(/a\.mp4 was not uploaded: it is empty/);
  expect(text.stderr).toContain("1 of 2 files failed.");

  const json = await runCli(["upload", "--json", "a.mp4", "b.mp4"], { cwd, env });
  expect(json.code).toBe(1);
  const { clips, failed } = JSON.parse(json.stdout);
  expect(failed).toBe(1);
  expect(clips).toMatchObject([
    {
      ...{ file: "a.mp4", outcome: "failed", id: null, url: null, status: null, bytesSent: 0 },
      error: { code: "source_empty", message: expect.stringContaining("a.mp4") },
    },
    { file: "b.mp4", outcome: "known" },
  ]);
});

test("an answer of the service stands in the document with its status", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "content");
  const wrong = { ...env, CLIPCOURIER_APP_SECRET: "wrong-secret" };
  const { code, stdout, stderr } = await runCli(["upload", "--json", "a.mp4"], { cwd, env: wrong });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).clips[0].error).toMatchObject({ code: "unauthorized", status: 401 });
  expect(stdout + stderr).not.toContain("wrong-secret");
});

test("--quiet prints the addresses alone", async () => {
  const { env, rootUrl } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "content");
  const { code, stdout, stderr } = await runCli(["upload", "-q", "a.mp4"], { cwd, env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^http\S+\n$/);
  expect(stdout).toContain(new URL("/c/", rootUrl).href);
  expect(stderr).toBe("");
});

test("--verbose shows what is tried again", async () => {
  let asked = 0;
  const { rootUrl } = await startServer((_, outgoing) => {
    outgoing.writeHead(asked++ === 0 ? 503 : 401).end();
  });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "content");
  const keys = ["--api-url", rootUrl, "--app-id", "app", "--app-secret", "secret"];
  const { code, stderr } = await runCli(["upload", "--verbose", ...keys, "a.mp4"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/a\.mp4: signing in: try 1 failed: .*503.* Trying again in \d\.\d s\./);
});

test("--no-wait takes the clip as it is after finalizing", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), randomBytes(6 * 1024 * 1024));
  const { code, stdout } = await runCli(["upload", "--no-wait", "--json", "a.mp4"], { cwd, env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).clips[0]).toMatchObject({ status: "pending", attempts: 2 });
});

test("a thumbnail's time reaches the service, which tells it with the clip", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "take.mp4"), "content");
  const flags = ["--thumbnail-time", "12.5", "--preview", "end"];
  const { stdout } = await runCli(["upload", "--json", ...flags, "take.mp4"], { cwd, env });
  const { id } = JSON.parse(stdout).clips[0];
  const shown = await runCli(["clips", "show", "--json", id], { cwd, env });
  expect(JSON.parse(shown.stdout).clips).toMatchObject([{ thumbnailTime: 12.5 }]);
});

test("a picture becomes a photo, and what only has its name does not", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  const pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await writeFile(path.join(cwd, "shot.png"), Buffer.from(pixel, "base64"));
  await writeFile(path.join(cwd, "page.png"), "<!doctype html><script>alert(1)</script>");
  const { code, stdout } = await runCli(["upload", "--json", "*.png"], { cwd, env });
  expect(code).toBe(1);
  const [page, shot] = JSON.parse(stdout).clips;
  expect(page).toMatchObject({ file: "page.png", outcome: "failed" });
  expect(page.error.message).toContain("PNG, JPEG, WebP, AVIF and GIF");
  expect(shot).toMatchObject({ file: "shot.png", outcome: "uploaded", status: "available" });
  const shown = await runCli(["clips", "show", "--json", shot.id], { cwd, env });
  const photo = { asset: "photo", mime: "image/png", photoUrl: `${shot.url}/photo` };
  expect(JSON.parse(shown.stdout).clips).toMatchObject([photo]);
  const list = await runCli(["clips", "list"], { cwd, env });
  expect(list.stdout).toContain(`${shot.id}  available, photo  `);
});
