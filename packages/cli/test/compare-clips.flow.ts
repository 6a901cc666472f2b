import { DirectUploadClient } from "@clipcourier/core";
import type { CompareResult, Media } from "@clipcourier/service";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService } from "./start-service.js";

const video = { duration: 12, width: 320, height: 180, codec: "h264", rate: 25 };
const changed = {
  outcome: "ready",
  diff: {
    ...{ verdict: "changed", summary: "Changed from 0:05.0 to 0:07.5, 12 % of the picture." },
    ...{ reason: null, delay: { start: 0, most: 0 }, old: video, new: video },
    ranges: [
      {
        ...{ kind: "changed", old: { from: 5, to: 7.5 }, new: { from: 5, to: 7.5 }, share: 0.12 },
        regions: [{ x: 10, y: 20, width: 30, height: 40 }],
      },
    ],
  },
  picture: Buffer.from("a GIF"),
} satisfies CompareResult;

type Asking = (client: DirectUploadClient, newId: string, oldId: string) => Promise<unknown>;

/** A service that compares as it is told, with two clips. `meanwhile` is done during the first comparison. */
async function prepare(result: CompareResult, meanwhile?: Asking) {
  const asked: Parameters<NonNullable<Media["compare"]>>[2][] = [];
  const media: Media = {
    inspect: async () => ({ outcome: "unavailable", reason: "It is not looked at." }),
    async compare(_old, _new, options) {
      asked.push(options);
      if (asked.length === 1) await meanwhile?.(client, now.id, old.id);
      return result;
    },
    render: null,
    close: async () => {},
  };
  const { env, ...service } = await startTestService({ media });
  const front = await startServer((incoming, outgoing) =>
    forward(service.rootUrl, incoming, outgoing),
  );
  const client = new DirectUploadClient({ ...service, rootUrl: front.rootUrl, proxyEnv: {} });
  const [old, now] = [
    (await client.upload(Buffer.from("an old video"), { filename: "old.mp4" })).clip,
    (await client.upload(Buffer.from("a new video"), { filename: "new.mp4" })).clip,
  ];
  onTestFinished(() => client.close());
  const cwd = await makeFolder();
  const variables = { ...env, CLIPCOURIER_API_URL: front.rootUrl };
  const run = (...args: string[]) => runCli(["clips", "compare", ...args], { cwd, env: variables });
  return { old, now, asked, requests: front.requests, run };
}

test("clips compare tells what has changed, and where it is shown", async () => {
  const { old, now, asked, run } = await prepare(changed);
  const { code, stdout, stderr } = await run(now.id, old.url, "--ignore", "50%,0%,50%,10%");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Changed from 0:05\.0 to 0:07\.5, 12 % of the picture\.\n/);
  expect(stdout).toMatch(/changed +5\.000 - 7\.500 +5\.000 - 7\.500 +12 % +10,20 30x40/);
  const page = `${now.url}/compare/${old.id}`;
  expect(stdout).toContain(`picture: ${page}.gif\ncompare: ${page}\n`);
  const box = { x: 0.5, y: 0, width: 0.5, height: 0.1, unit: "share" };
  expect(asked).toMatchObject([{ ignore: [box], tolerance: 1, picture: true }]);
  expect((await run(now.url, old.id, "--fail-on-change")).code).toBe(3);
});

test("clips compare tells of a change of a few pixels, which is not none", async () => {
  const ranges = changed.diff.ranges.map((range) => ({ ...range, share: 0.0001 }));
  const small = { ...changed, diff: { ...changed.diff, ranges } };
  const { old, now, run } = await prepare(small);
  expect((await run(now.id, old.id)).stdout).toMatch(/7\.500 +under 0\.1 % +10,20 30x40/);
});

test("clips compare --json prints the comparison, with exit code 3 where it has to fail", async () => {
  const { old, now, run } = await prepare(changed);
  const { code, stdout } = await run(now.id, old.id, "--json", "--fail-on-change");
  expect(code).toBe(3);
  expect(JSON.parse(stdout).comparison).toMatchObject({
    ...{ oldId: old.id, newId: now.id, status: "ready", diff: { verdict: "changed" } },
  });
});

test("clips compare tells a result that is there already without asking for it again", async () => {
  const { old, now, requests, run } = await prepare(changed);
  const { stdout } = await run(now.id, old.id);
  requests.length = 0;
  expect(await run(now.id, old.id)).toMatchObject({ code: 0, stdout });
  const compared = requests.filter((request) => request.includes("/comparisons/"));
  expect(compared).toEqual([expect.stringMatching(/^POST /)]);
});

test("clips compare says why nothing was compared, and which clip is not there", async () => {
  const { old, now, run } = await prepare({ outcome: "not-media", reason: "one is no video" });
  const failed = await run(now.id, old.id);
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toContain("Nothing was compared: One is no video.");
  const gone = await run(now.id, "A".repeat(24));
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain(`Asking for clip ${"A".repeat(24)} was answered with 404`);
  const wrong = await run(now.id, "https://example.com/videos/7");
  expect(wrong.code).toBe(2);
});

test("clips compare does not tell the result of what somebody else has asked for meanwhile", async () => {
  const { old, now, asked, run } = await prepare(changed, (client, newId, oldId) =>
    client.compareClips(newId, oldId, { tolerance: 2 }),
  );
  const { code, stdout, stderr } = await run(now.id, old.id);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("was asked for again meanwhile");
  expect(asked.map(({ tolerance }) => tolerance)).toEqual([1, 2]);
});
