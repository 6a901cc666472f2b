import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DirectUploadClient, isDirectUploadError } from "@clipcourier/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { fuzz, hangTime, hostileText, jsonWith } from "./cases.ts";

const clip = {
  ...{
    id: "A".repeat(24),
    url: "http://127.0.0.1:1/c/A",
    status: "available",
    plays: "everywhere",
  },
  ...{ preview_gif: null, thumbnail_url: "http://127.0.0.1:1/t.jpg", duration: 1.5, width: 640 },
  ...{ height: 360, codec: "h264", size: 100, mime: "video/mp4", filename: "a.mp4", notes: ["a"] },
  ...{ created_on: "2026-01-01T00:00:00.000Z", preview_of: "passages", thumbnail_time: 1 },
  chapters: [{ start: 0, end: null, title: "a" }],
};
const plan = {
  ...{ upload_id: "u", chunk_size: 5 * 1024 * 1024 },
  urls: [{ PartNumber: 1, url: "http://127.0.0.1:1/part?X-Amz-Signature=abc" }],
  parts: [{ PartNumber: 1, ETag: '"e"', Size: 100 }],
};
const session = { access_key: "key", access_token: "token", id: "acc_1" };
const answers = [
  { _count: 1, data: [session] },
  { _count: 1, _upload: true, data: [plan] },
  { _count: 1, _upload: false, data: [clip] },
  { _count: 1, data: [clip], _queue: { position: 3 } },
  { _count: 2, data: [clip, clip], _page: 1, _total: 2, _next: "x" },
  { error: { message: "no" }, status: 400 },
];

type Json = unknown;

/** The same answer with some of its values replaced, removed or renamed. */
const spoiled = fc
  .tuple(
    fc.constantFrom(...answers),
    fc.array(fc.tuple(fc.nat(), jsonWith(), fc.nat(3)), { maxLength: 3 }),
  )
  .map(([answer, changes]) =>
    changes.reduce<Json>((json, [at, value, kind]) => change(json, at, value, kind), answer),
  );

function change(json: Json, at: number, value: unknown, kind: number): Json {
  if (typeof json !== "object" || json === null) return value;
  const copy: Record<string, Json> = Array.isArray(json) ? ([...json] as never) : { ...json };
  const names = Object.keys(copy);
  const name = names[at % Math.max(1, names.length)];
  if (name === undefined) return value;
  if (kind === 0) copy[name] = value;
  else if (kind === 1) delete copy[name];
  else copy[name] = change(copy[name], Math.floor(at / names.length), value, kind);
  return copy;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    { weight: 5, arbitrary: fc.constant(200) },
    fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503),
  ),
  headers: fc.dictionary(
    fc.constantFrom("retry-after", "location", "etag", "content-type", "x-request-id"),
    hostileText.map((text) => text.replace(/[^\x21-\x7e]/g, "")),
    { maxKeys: 2 },
  ),
  body: fc.oneof(
    { weight: 5, arbitrary: spoiled.map((json) => JSON.stringify(json) ?? "") },
    hostileText,
    fc.string().map((text) => JSON.stringify(text).slice(1)),
  ),
});

/** A service that gives the answers of one case in turn, and whatever is last from then on. */
async function startAnsweringService() {
  let left: Answer[] = [];
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    const answer = left.length > 1 ? left.shift() : left[0];
    const { status = 200, headers = {}, body = "" } = answer ?? {};
    outgoing.writeHead(status, headers).end(status === 204 ? undefined : body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    rootUrl: `http://127.0.0.1:${port}/v2.7/`,
    script: (answers: Answer[]) => {
      left = [...answers];
    },
  };
}

const pullRequest = "https://github.com/octo/intro/pull/12";

test("whatever a service answers, a call gives what the protocol says, or the error of this package", async () => {
  const { rootUrl, script } = await startAnsweringService();
  const secret = `hush-${randomBytes(8).toString("hex")}`;
  const content = Buffer.from("a video");
  const calls = fc.constantFrom(
    ...["upload", "getClip", "listClips", "signIn", "finalize", "reportPullRequest"],
  );
  const cases = fc.record({
    call: calls,
    answers: fc.array(anyAnswer, { minLength: 1, maxLength: 4 }),
  });
  await fuzz(0.25, cases, async ({ call, answers }) => {
    script(answers);
    await using client = new DirectUploadClient({
      ...{ rootUrl, appId: "app_1", appSecret: secret, proxyEnv: {} },
      retry: { attempts: 1, minDelay: 0, maxDelay: 0, outage: 1 },
    });
    const signal = AbortSignal.timeout(hangTime);
    const run = {
      upload: () => client.upload(content, { signal, deadline: 50, pollInterval: 1 } as never),
      getClip: () => client.getClip("A".repeat(24), { signal }),
      listClips: () => client.listClips({}, { signal }),
      signIn: () => client.signIn(undefined, { signal }),
      reportPullRequest: () => client.reportPullRequest(pullRequest, "closed", { signal }),
      finalize: () => client.finalize("0".repeat(32), [{ partNumber: 1, etag: '"e"' }], { signal }),
    };
    try {
      await run[call as keyof typeof run]();
    } catch (error) {
      if (!isDirectUploadError(error) || error.code === "unexpected") throw error;
      expect(signal.aborted).toBe(false);
      expect(error.message).not.toContain(secret);
      expect(error.message).not.toMatch(/Signature=abc/);
    }
  });
});
