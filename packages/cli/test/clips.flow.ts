import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { Cli, type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { startServer, startTestService } from "./start-service.js";

/** A service with three clips: three.mp4 is the newest. */
async function prepareClips(): Promise<CliOptions & { ids: string[] }> {
  const { env, ...service } = await startTestService();
  await using client = new DirectUploadClient({ ...service, proxyEnv: {} });
  const ids: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const { clip } = await client.upload(Buffer.from(name), { filename: `${name}.mp4` });
    ids.push(clip.id);
  }
  return { cwd: await makeFolder(), env, ids };
}

test("list, show and delete", async () => {
  const { ids, ...options } = await prepareClips();
  const [first = "", , newest = ""] = ids;

  const table = await runCli(["clips", "list"], options);
  expect(table.code).toBe(0);
  const lines = table.stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^id +status +created \(UTC\) +size +name +page$/);
  expect(lines[1]).toMatch(new RegExp(`^${newest}  available  .* 5 bytes +three\\.mp4 +http`));

  const page = await runCli(["clips", "list", "--json", "--count", "2", "--page", "2"], options);
  expect(JSON.parse(page.stdout)).toMatchObject({
    ...{ page: 2, total: 3 },
    clips: [{ id: first, status: "available", filename: "one.mp4", size: 3, thumbnail: null }],
  });

  const shown = await runCli(["clips", "show", first], options);
  expect(shown.stdout).toMatch(/^filename +one\.mp4$/m);
  const document = await runCli(["clips", "show", "--json", first], options);
  expect(JSON.parse(document.stdout).clips).toMatchObject([{ id: first, mime: "video/mp4" }]);

  const deleted = await runCli(["clips", "delete", first], options);
  expect(deleted).toMatchObject({ code: 0, stdout: `Deleted one.mp4 (${first}).\n` });
  const gone = await runCli(["clips", "show", "--json", first], options);
  expect(gone.code).toBe(1);
  expect(JSON.parse(gone.stdout)).toMatchObject({
    clips: [],
    error: { code: "not_found", status: 404 },
  });
});

test("how a clip plays is told where it is not everywhere", async () => {
  const clip = {
    ...{ id: "c1", url: "http://127.0.0.1/c/c1", preview_gif: null, thumbnail_url: null },
    ...{ status: "available", filename: "old.avi", plays: "download only" },
    notes: ["Browsers do not play MPEG-4 Part 2.", "It is too long."],
  };
  const { rootUrl } = await startServer((_, outgoing) => {
    outgoing.end(JSON.stringify({ _count: 1, _page: 1, data: [clip] }));
  });
  const keys = ["--api-url", rootUrl, "--app-id", "a", "--access-key", "k", "--access-token", "t"];
  const cwd = await makeFolder();
  const list = await runCli(["clips", "list", ...keys], { cwd });
  expect(list.stdout).toMatch(/^c1 {2}available, download only {2}/m);
  const shown = await runCli(["clips", "show", "c1", ...keys], { cwd });
  expect(shown.stdout).toMatch(/^plays +download only$/m);
  expect(shown.stdout).toMatch(/^notes +Browsers do not play MPEG-4 Part 2\. It is too long\.$/m);
  const document = await runCli(["clips", "show", "--json", "c1", ...keys], { cwd });
  expect(JSON.parse(document.stdout).clips).toMatchObject([
    { plays: "download only", notes: clip.notes },
  ]);
});

test("a service without clips", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  const list = await runCli(["clips", "list"], { cwd, env });
  expect(list).toEqual({ code: 0, stdout: "", stderr: "There are no clips here.\n" });
});

test("a reader that goes away early is no error", async () => {
  const { ids: _, ...options } = await prepareClips();
  const cli = new Cli(["clips", "list", "--json"], options);
  cli.closeStdout();
  expect(await cli.end()).toMatchObject({ code: 0, stderr: "" });
});

test("control characters of an answer do not reach the terminal", async () => {
  const clip = {
    ...{ id: "c1", url: "http://127.0.0.1/c/c1", preview_gif: null, thumbnail_url: null },
    ...{ status: "available", filename: "\u001b[2J\nevil.mp4" },
  };
  const { rootUrl } = await startServer((_, outgoing) => {
    outgoing.end(JSON.stringify({ _count: 1, _page: 1, data: [clip] }));
  });
  const keys = ["--api-url", rootUrl, "--app-id", "a", "--access-key", "k", "--access-token", "t"];
  const { code, stdout } = await runCli(["clips", "list", ...keys], { cwd: await makeFolder() });
  expect(code).toBe(0);
  expect(stdout).not.toContain("\u001b");
  expect(stdout.trimEnd().split("\n")).toHaveLength(2);
});

test("a service that cannot be reached", async () => {
  const cwd = await makeFolder();
  const keys = ["--api-url", "http://127.0.0.1:9/v2.7/", "--app-id", "a", "--app-secret", "secret"];
  const { code, stdout } = await runCli(["clips", "list", "--json", ...keys], { cwd });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error.code).toBe("network");
});
