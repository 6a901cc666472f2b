import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { Cli, type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService } from "./start-service.js";

const mebibyte = 1024 ** 2;

/** A folder with this many videos, each with content of its own. */
async function makeVideos(count: number): Promise<string> {
  const cwd = await makeFolder();
  for (let number = 0; number < count; number++) {
    await writeFile(path.join(cwd, `${number}.mp4`), `video ${number}`);
  }
  return cwd;
}

async function upload(options: CliOptions) {
  const { code, stdout, stderr } = await runCli(["upload", "--json", "*.mp4"], options);
  const { clips }: { clips: { outcome: string; error: object | null }[] } = JSON.parse(stdout);
  const outcomes = new Map<string, number>();
  for (const { outcome } of clips) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return { code, stderr, clips, outcomes: Object.fromEntries(outcomes) };
}

test("a wrong secret is told once, and tried once, whatever the number of files", async () => {
  const { env, rootUrl } = await startTestService();
  const front = await startServer((incoming, outgoing) => forward(rootUrl, incoming, outgoing));
  const cwd = await makeVideos(3000);
  const wrong = {
    ...{ ...env, CLIPCOURIER_API_URL: front.rootUrl },
    CLIPCOURIER_APP_SECRET: "wrong-secret",
  };
  const { code, stderr, clips, outcomes } = await upload({ cwd, env: wrong });
  expect(code).toBe(1);
  expect(outcomes).toEqual({ failed: 1, skipped: 2999 });
  expect(clips.find(({ outcome }) => outcome === "failed")?.error).toMatchObject({ status: 401 });
  expect(front.requests).toEqual(["POST /v2.7/login/app/"]);
  // Where it takes long, how far it is, is told now and then.
  const isProgress = /^(\d+\.mp4: \d+ bytes|\d+ of 3000 files: .*)$/;
  const lines = stderr.split("\n").filter((line) => !isProgress.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^\d+\.mp4: Signing in was answered with 401: .* Check the app id/),
    "1 of 3000 files failed, so 2999 others were not tried.",
    "",
  ]);
});

test.each([403, 507])(
  "an answer of %i that all files get is told once, with the files",
  async (status) => {
    const { env, rootUrl } = await startTestService();
    const front = await startServer((incoming, outgoing) => {
      if (incoming.url?.includes("/login/")) return forward(rootUrl, incoming, outgoing);
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ error: { message: "There is no room left" }, status }));
    });
    const cwd = await makeVideos(20);
    const through = { ...env, CLIPCOURIER_API_URL: front.rootUrl };
    const { code, stderr, outcomes } = await upload({ cwd, env: through });
    expect([code, outcomes]).toEqual([1, { failed: 20 }]);
    expect(stderr.match(/There is no room left/g)).toHaveLength(1);
    expect(stderr).toMatch(
      /^Failed for the same reason as \d+\.mp4: (\d+\.mp4, ){4}\d+\.mp4 and 14 more\.$/m,
    );
    expect(stderr).toContain("20 of 20 files failed.");
  },
);

test("what lies in the files themselves is told of each", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  for (const name of ["a.mp4", "b.mp4"]) await writeFile(path.join(cwd, name), "");
  const { stderr } = await upload({ cwd, env });
  expect(stderr).toContain("a.mp4 was not uploaded: it is empty.");
  expect(stderr).toContain("b.mp4 was not uploaded: it is empty.");
});

test("a clip that the service could not make is known by its id and its checksum", async () => {
  const { env } = await startTestService({ looksInto: true });
  const cwd = await makeFolder();
  const content = "no video at all";
  await writeFile(path.join(cwd, "a.mp4"), content);
  const { code, clips } = await upload({ cwd, env });
  expect(code).toBe(1);
  expect(clips).toMatchObject([
    {
      ...{ outcome: "failed", status: "failed", url: null, size: content.length },
      id: expect.stringMatching(/^[\w-]{24}$/),
      md5: createHash("md5").update(content).digest("hex"),
      error: { code: "clip_failed" },
    },
  ]);
});

// A line comes every five seconds.
test("the progress counts of a file that has failed what storage has of it", async () => {
  const { env, rootUrl } = await startTestService();
  const letGo = Promise.withResolvers<void>();
  const front = await startServer(async (incoming, outgoing) => {
    if (incoming.url?.includes(`size=${3 * mebibyte}`)) {
      outgoing.writeHead(400, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ error: { message: "Not today" }, status: 400 }));
    } else if (incoming.method === "PUT") {
      const bytes = await buffer(incoming);
      await letGo.promise;
      forward(rootUrl, incoming, outgoing, Readable.from([bytes]));
    } else forward(rootUrl, incoming, outgoing);
  });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), Buffer.alloc(3 * mebibyte, "a"));
  await writeFile(path.join(cwd, "b.mp4"), Buffer.alloc(mebibyte, "b"));
  const through = { ...env, CLIPCOURIER_API_URL: front.rootUrl };
  const cli = new Cli(["upload", "*.mp4"], { cwd, env: through });
  await cli.waitFor("1 of 2 files: 25 %, 1.0 MiB of 4.0 MiB");
  letGo.resolve();
  expect((await cli.end()).stderr).toContain("1 of 2 files failed.");
});
