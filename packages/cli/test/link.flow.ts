import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService, toVariables } from "./start-service.js";

const day = 24 * 3_600_000;

/** A service whose accounts are private, and a folder with a video. */
async function prepare(isPrivate = true) {
  const { env, ...service } = await startTestService({ accountLimits: { private: isPrivate } });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "take.mp4"), "a video");
  const upload = async () => {
    await using client = new DirectUploadClient({ ...service, proxyEnv: {} });
    return (await client.upload(path.join(cwd, "take.mp4"))).clip;
  };
  return { options: { cwd, env }, upload, cwd, service };
}

test("link prints an address that opens a private clip, by its id or its page", async () => {
  const { options, upload } = await prepare();
  const { id, url } = await upload();
  expect((await fetch(url)).status).toBe(404);
  for (const clip of [id, url, `${url}/video?t=5`]) {
    const { code, stdout, stderr } = await runCli(["link", clip, "--expires", "2h"], options);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http\S+\n$/);
    expect((await fetch(stdout.trim())).status).toBe(200);
    const end = Number(new URL(stdout).searchParams.get("expires")) * 1000;
    const shown = new Date(end).toISOString().slice(0, 16).replace("T", " ");
    expect(stderr).toContain(`Whoever has this link can open the private clip until ${shown} UTC.`);
  }
});

test("link --json has every address, and the end", async () => {
  const { options, upload } = await prepare();
  const { id } = await upload();
  const before = Date.now();
  const { code, stdout } = await runCli(["link", id, "--json"], options);
  expect(code).toBe(0);
  const [clip] = JSON.parse(stdout).clips;
  expect(clip).toMatchObject({
    id,
    private: true,
    placeholder: expect.stringContaining("private.svg"),
  });
  for (const address of [clip.url, clip.video, clip.download]) {
    expect((await fetch(address)).status).toBe(200);
  }
  // Seven days from some moment in which the command ran, in whole seconds.
  const made = Date.parse(clip.expiresOn) - 7 * day;
  expect(made).toBeGreaterThan(before - 1000);
  expect(made).toBeLessThanOrEqual(Date.now());
});

test("link of a clip that everybody can open is its address", async () => {
  const { options, upload } = await prepare(false);
  const { id, url } = await upload();
  const { stdout, stderr } = await runCli(["link", id], options);
  expect(stdout).toBe(`${url}\n`);
  expect(stderr).toContain("The clip is not private");
});

test.each([
  [["link"], 2, "missing required argument 'clip'"],
  [["link", "https://clips.example.com/about"], 2, "not that of a clip"],
  [["link", "a", "--expires", "soon"], 2, "It must be a time such as 12h or 7d, at most 30 days."],
  [["link", "a", "--expires", "721h"], 2, "at most 30 days."],
  [["link", "AAAAAAAAAAAAAAAAAAAAAAAA"], 1, "There is no such clip"],
])("%j fails and says why", async (args, code, text) => {
  const { options } = await prepare();
  const result = await runCli(args, options);
  expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(text)]);
});

test("upload says that a clip is private, and makes links where they are asked for", async () => {
  const { options } = await prepare();
  const plain = await runCli(["upload", "take.mp4"], options);
  const [, id = ""] = /id +(\S+)/.exec(plain.stdout) ?? [];
  expect(plain.stdout).toContain(`private, so only a signed link opens it: clipcourier link ${id}`);
  expect(plain.stdout).not.toContain("signature");
  const linked = await runCli(["upload", "take.mp4", "--private-links", "1d"], options);
  expect(linked.stdout).toMatch(
    /access +private, the link expires on \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  );
  const [, link = ""] = /link +(\S+)/.exec(linked.stdout) ?? [];
  expect((await fetch(link)).status).toBe(200);
  const quiet = await runCli(["upload", "take.mp4", "--private-links", "1d", "-q"], options);
  expect((await fetch(quiet.stdout.trim())).status).toBe(200);
  const json = await runCli(["upload", "take.mp4", "--private-links", "1d", "--json"], options);
  const [record] = JSON.parse(json.stdout).clips;
  expect(record).toMatchObject({ private: true, url: expect.not.stringContaining("signature") });
  expect((await fetch(record.link)).status).toBe(200);
  expect(Date.parse(record.linkExpires)).toBeGreaterThan(Date.now());
});

test("upload whose clip gets no link is done, and says so", async () => {
  const { cwd, service } = await prepare();
  const front = await startServer((incoming, outgoing) => {
    // As a service does that makes no links.
    if (incoming.url?.endsWith("/link")) outgoing.writeHead(404).end();
    else forward(service.rootUrl, incoming, outgoing);
  });
  const env = toVariables({ ...service, rootUrl: front.rootUrl });
  const { code, stdout } = await runCli(
    ["upload", "take.mp4", "--private-links", "30d", "--json"],
    { cwd, env },
  );
  expect(code).toBe(0);
  const [record] = JSON.parse(stdout).clips;
  expect(record.notes).toEqual([expect.stringMatching(/^There is no link to it: /)]);
  expect(record).not.toHaveProperty("link");
});

test("reports link a private clip with a signature only where that is asked for", async () => {
  const { options, cwd } = await prepare();
  const markdown = async (...more: string[]) => {
    await runCli(["upload", "take.mp4", "--markdown", "out.md", ...more], options);
    return readFile(path.join(cwd, "out.md"), "utf8");
  };
  const plain = await markdown();
  expect(plain).toContain("/private.svg");
  expect(plain).not.toContain("signature");
  expect(plain).toContain("only a signed link opens it");
  const linked = await markdown("--private-links", "1d");
  const [, link = ""] = /href="([^"]+)"/.exec(linked) ?? [];
  expect((await fetch(link.replaceAll("&#38;", "&"))).status).toBe(200);
  expect(linked).toContain("/private.svg");
});

test("clips list and show tell private clips apart", async () => {
  const { options, upload } = await prepare();
  const { id } = await upload();
  expect((await runCli(["clips", "list"], options)).stdout).toContain("available, private");
  const { stdout } = await runCli(["clips", "show", "--json", id], options);
  const [clip] = JSON.parse(stdout).clips;
  expect(clip).toMatchObject({ private: true });
  expect(clip).not.toHaveProperty("isPrivate");
});
