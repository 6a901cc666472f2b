import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MediaResult } from "../src/media/types.js";
import { readyResult } from "./fake-media.js";
import { account, audience, signInWith, startKeylessService } from "./keyless-service.js";
import { openSweeps } from "./open-sweeps.js";
import { address, again, connect, other, queryFor, report } from "./pull-request-reports.js";
import { listKeys, startTestService } from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";
import { startReceiver, webhookSecret } from "./webhook-receiver.js";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-29T12:00:00Z") }),
);
afterEach(() => void vi.useRealTimers());

it("a clip is deleted a day after its pull request was closed, and says that it ends so", async () => {
  const { url, received } = await startReceiver();
  const service = await startTestService();
  const client = await connect(service);
  const content = makeContent(50);
  const clip = await client.uploadAndSettle(content, queryFor(content));
  expect(clip.kept_for).toBe("pull request");
  const endpoints = [{ name: "a", url, secret: webhookSecret }];
  const webhooks = { endpoints, allow: ["127.0.0.1"] };
  const { sweepAt, readAudit, store } = await openSweeps(service, undefined, {
    webhooks,
    describeClip: ({ id }) => ({ id }),
  });
  // Nothing ends by itself.
  expect(await sweepAt(24 * 400, clip.id)).toBeGreaterThan(0);
  expect(first(await report(client, "closed"))).toMatchObject({ clips: 1, days: 1 });
  expect(await sweepAt(23, clip.id)).toBeGreaterThan(0);
  expect((await store.listObjects("deliveries/")).objects).toEqual([]);
  expect(await sweepAt(60, clip.id)).toBe(0);
  const { account: own } = client.session;
  expect(readAudit()).toMatchObject([
    { account: own, clip: clip.id, reason: "pull request closed" },
  ]);
  await expect
    .poll(() => received.map(({ body }) => JSON.parse(body).type))
    .toEqual(["clip.deleted"]);
  expect((await client.call(`me/videoclips/${clip.id}`)).status).toBe(404);
  expect(await listKeys(service, "pulls/")).toEqual([]);
});

it.each([
  ["in another case, and with a slash", "HTTPS://GitHub.com/Octo/Intro/pull/12/", 1],
  [
    "as Gitea calls its page, of a server with a slash",
    "https://github.com//octo/intro/pulls/12",
    1,
  ],
  ["another one of the repository", other, 0],
  ["with the same number, of another repository", "https://github.com/octo/intro2/pull/12", 0],
  ["of another server", "https://git.example.com/octo/intro/pull/12", 0],
])("a pull request is found by its own address: %s", async (_, pull, clips) => {
  const service = await startTestService();
  const client = await connect(service);
  const content = makeContent(50);
  const clip = await client.uploadAndSettle(content, queryFor(content));
  expect(first(await report(client, "closed", pull)).clips).toBe(clips);
  const { sweepAt } = await openSweeps(service);
  expect((await sweepAt(60, clip.id)) === 0).toBe(clips === 1);
});

it("another account's clips for the same pull request are left alone", async () => {
  const service = await startTestService();
  const [mine, theirs] = [await connect(service), await connect(service)];
  const content = makeContent(50);
  const clip = await mine.uploadAndSettle(content, queryFor(content));
  expect(first(await report(theirs, "closed")).clips).toBe(0);
  const { sweepAt } = await openSweeps(service);
  expect(await sweepAt(60, clip.id)).toBeGreaterThan(0);
});

describe("the clip of a closed pull request stays", () => {
  it.each<[string, (client: UploadClient, content: Buffer) => Promise<unknown>]>([
    ["opened again", (client) => report(client, "open")],
    ["not the only one", (client, content) => client.plan(content, queryFor(content, other))],
    ["not what its content is announced for", (client, content) => client.plan(content)],
  ])("when it is %s before the clip is deleted", async (_, reopen) => {
    const service = await startTestService();
    const client = await connect(service);
    const content = makeContent(50);
    const clip = await client.uploadAndSettle(content, queryFor(content));
    await report(client, "closed");
    expect((await reopen(client, content)) as object).toMatchObject({ status: 200 });
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(60, clip.id)).toBeGreaterThan(0);
  });

  it("when its content was there before without it", async () => {
    const service = await startTestService();
    const client = await connect(service);
    const content = makeContent(50);
    const clip = await client.uploadAndSettle(content);
    const planned = await client.plan(content, queryFor(content));
    expect(planned.body.data[0]).not.toHaveProperty("kept_for");
    expect(first(await report(client, "closed")).clips).toBe(0);
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(60, clip.id)).toBeGreaterThan(0);
  });
});

it("what is uploaded for two pull requests ends when both are closed", async () => {
  const service = await startTestService({ accountLimits: { pullRequestDays: 3 } });
  const client = await connect(service);
  const content = makeContent(50);
  const clip = await client.uploadAndSettle(content, queryFor(content));
  await client.plan(content, queryFor(content, other));
  await report(client, "closed");
  vi.setSystemTime(Date.now() + day);
  expect(first(await report(client, "closed", other)).days).toBe(3);
  // It is said again, as by a job that is run again: the days do not begin anew.
  vi.setSystemTime(Date.now() + day);
  await report(client, "closed", other);
  const { sweepAt } = await openSweeps(service, () => ({ pullRequestDays: 3 }));
  expect(await sweepAt(24, clip.id)).toBeGreaterThan(0);
  expect(await sweepAt(24 * 3, clip.id)).toBe(0);
});

it("a pull request that is closed during the upload ends the clip as well", async () => {
  const service = await startTestService();
  const client = await connect(service);
  const content = makeContent(50);
  const plan = first(await client.plan(content, queryFor(content)));
  expect(first(await report(client, "closed")).clips).toBe(1);
  const { id } = first(await client.finalize(content, await client.sendParts(plan, content)));
  await service.settled();
  const { sweepAt } = await openSweeps(service);
  expect(await sweepAt(60, id)).toBe(0);
});

it("a clip that is being verified is announced for another pull request, and is verified", async () => {
  const { promise, resolve } = Promise.withResolvers<MediaResult>();
  let isAsked = false;
  const inspect = () => {
    isAsked = true;
    return promise;
  };
  const media = { inspect, render: null, close: async () => {} };
  const service = await startTestService({ media });
  const client = await connect(service);
  const content = makeContent(50);
  const { id } = await client.upload(content, queryFor(content));
  await expect.poll(() => isAsked).toBe(true);
  await client.plan(content, queryFor(content, other));
  await report(client, "closed");
  resolve(readyResult());
  await service.settled();
  expect(first(await client.call(`me/videoclips/${id}`))).toMatchObject({
    ...{ status: "available", kept_for: "pull request", width: 1280 },
  });
  expect(first(await report(client, "closed", other)).clips).toBe(1);
  const { sweepAt } = await openSweeps(service);
  expect(await sweepAt(60, id)).toBe(0);
});

it("many clips are gone through page by page", async () => {
  const service = await startTestService();
  const client = await connect(service);
  for (let count = 0; count < 205; count += 1) {
    const content = makeContent(5);
    await client.plan(content, queryFor(content));
  }
  const { body } = await report(client, "closed");
  const { _next: next = "", data } = body as typeof body & { _next?: string };
  expect(data[0]?.clips).toBe(200);
  const rest = await report(client, "closed", address, { after: next });
  expect(rest.body).not.toHaveProperty("_next");
  expect(first(rest).clips).toBe(5);
});

it("what an upload has left that somebody continues without it is struck, once no request can be about to use it", async () => {
  const service = await startTestService();
  const client = await connect(service);
  const content = makeContent(50);
  await client.plan(content, queryFor(content));
  await client.plan(content);
  await report(client, "closed");
  expect(await listKeys(service, "pulls/")).toHaveLength(1);
  vi.setSystemTime(Date.now() + 400 * day);
  expect(first(await report(await again(client), "closed")).clips).toBe(0);
  expect(await listKeys(service, "pulls/")).toEqual([]);
});

it.each([
  ["12", "keep_for: not the address of a pull request, such as https://github.com/"],
  ["https://github.com/octo/pull/12", "keep_for: not the address"],
  ["https://github.com/octo/intro/pull/12/files", "keep_for: not the address"],
  ["https://ann:secret@github.com/octo/intro/pull/12", "keep_for: not the address"],
  ["javascript://github.com/octo/intro/pull/12", "keep_for: not the address"],
  [`https://github.com/octo/${"a".repeat(1_000)}/pull/12`, "keep_for: not the address"],
])("%s is refused", async (pull, message) => {
  const client = await connect(await startTestService());
  const { status, body } = await client.plan(makeContent(5), queryFor(makeContent(5), pull));
  expect([status, body.error?.message]).toEqual([400, expect.stringContaining(message)]);
});

it("a service can refuse to keep clips for pull requests, and then none ends so", async () => {
  const service = await startTestService({ accountLimits: { pullRequestDays: "none" } });
  const client = await connect(service);
  const content = makeContent(50);
  const answer = await client.plan(content, queryFor(content));
  expect([answer.status, answer.body.error?.message]).toEqual([
    400,
    "keep_for: this service keeps no clips for pull requests. Leave it out.",
  ]);
  const taking = await startTestService();
  const before = await connect(taking);
  const clip = await before.uploadAndSettle(content, queryFor(content));
  await report(before, "closed");
  const { sweepAt } = await openSweeps(taking, () => ({ pullRequestDays: "none" }));
  expect(await sweepAt(60, clip.id)).toBeGreaterThan(0);
});

describe("a job that has signed in with its ID token", () => {
  async function connectJob(claims: Record<string, string>) {
    const { issuer, service } = await startKeylessService();
    const { body } = await signInWith(service, await issuer.sign(audience, claims));
    const { access_key: accessKey = "", access_token: accessToken = "" } = body.data[0] ?? {};
    const headers = {
      ...{ "X-PV-Meta-App": "github", "X-Access-Key": accessKey, "X-Access-Token": accessToken },
    };
    const session = { appId: "github", appSecret: "", account, accessKey, accessToken, headers };
    const root = new URL("/octo/intro/", issuer.url).href;
    return { client: new UploadClient(service, session), root };
  }

  it.each([
    [{ ref: "refs/pull/12/merge", event_name: "pull_request" }, "pull/12", 200],
    [{ ref: "refs/pull/12/merge", event_name: "pull_request" }, "pull/13", 403],
    [{ ref: "refs/heads/main" }, "pull/13", 200],
    [{ ref: "refs/heads/main" }, "../intro2/pull/13", 403],
  ])("with %j may speak of %s: %i", async (claims, path, status) => {
    const { client, root } = await connectJob(claims);
    const pull = new URL(path, root).href;
    const content = makeContent(5);
    expect((await client.plan(content, queryFor(content, pull))).status).toBe(status);
    expect((await report(client, "closed", pull)).status).toBe(status);
  });
});
