import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeptFor } from "../src/catalog/clip-state.js";
import type { ObjectStore } from "../src/index.js";
import { type InterceptedCalls, interceptStore } from "./intercept-store.js";
import { openSweeps } from "./open-sweeps.js";
import { address, again, connect, other, queryFor, report } from "./pull-request-reports.js";
import { startAudited } from "./start-audited.js";
import { listKeys, openGround, startTestService, type TestService } from "./start-test-service.js";
import { first, makeContent, md5Hex } from "./upload-client.js";

const day = 24 * 60 * 60 * 1000;
const pullOf = (number: number) => `https://github.com/octo/intro/pull/${number}`;

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-29T12:00:00Z") }),
);
afterEach(() => void vi.useRealTimers());

describe("what is uploaded after the pull request was closed", () => {
  it("ends so many days after the upload, and not when it is opened again", async () => {
    const service = await startTestService();
    const client = await connect(service);
    await report(client, "closed");
    vi.setSystemTime(Date.now() + 5 * day);
    const [late, opened] = [makeContent(50), makeContent(50)];
    const clip = await client.uploadAndSettle(late, queryFor(late));
    expect(clip.kept_for).toBe("pull request");
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(23, clip.id)).toBeGreaterThan(0);
    expect(await sweepAt(60, clip.id)).toBe(0);
    expect(first(await report(client, "open")).clips).toBe(0);
    const { id } = await client.uploadAndSettle(opened, queryFor(opened));
    const { sweepAt: sweepAgain } = await openSweeps(service);
    expect(await sweepAgain(60, id)).toBeGreaterThan(0);
  });

  it("ends also where its content was stored for that pull request before", async () => {
    const service = await startTestService();
    const client = await connect(service);
    const content = makeContent(50);
    const { id } = await client.uploadAndSettle(content, queryFor(content));
    await report(client, "closed");
    vi.setSystemTime(Date.now() + day / 2);
    await client.plan(content, queryFor(content));
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(23, id)).toBeGreaterThan(0);
    expect(await sweepAt(60, id)).toBe(0);
  });
});

it("that a pull request is closed is forgotten when no run can be that late", async () => {
  const service = await startTestService();
  const client = await connect(service);
  for (const number of [1, 2, 3]) await report(client, "closed", pullOf(number));
  expect(await listKeys(service, "closed/")).toHaveLength(3);
  vi.setSystemTime(Date.now() + 100 * day);
  // Its name comes before those of the others, which are looked at therefore.
  await report(await again(client), "closed", pullOf(8));
  expect(await listKeys(service, "closed/")).toHaveLength(1);
});

describe("a clip of more than 100 closed pull requests", () => {
  async function start() {
    const service = await startTestService();
    const client = await connect(service);
    const content = makeContent(50);
    const { id } = await client.uploadAndSettle(content, queryFor(content));
    await report(client, "closed");
    const { catalog } = await openSweeps(service);
    const record = await catalog.read(id);
    const [own] = record?.state.keptFor ?? [];
    if (!record || !own) return expect.fail("the clip is not there");
    const closedOn = new Date(Date.now() + day / 4).toISOString();
    const others = Array.from({ length: 99 }, (_, index) => ({
      address: pullOf(100 + index),
      closedOn,
    }));
    const keptFor: KeptFor = [own, ...others];
    await catalog.replace(record, { ...record.state, keptFor });
    const planned = await client.plan(content, queryFor(content, other));
    expect(planned.body.data[0]).toMatchObject({ kept_for: "pull request" });
    return { service, client, id };
  }

  it("is kept for the next one, and ends with it", async () => {
    const { service, client, id } = await start();
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(60, id)).toBeGreaterThan(0);
    expect(first(await report(client, "closed", other)).clips).toBe(1);
    const { sweepAt: sweepAgain } = await openSweeps(service);
    expect(await sweepAgain(60, id)).toBe(0);
  });

  it("is kept for the first one again when this is opened", async () => {
    const { service, client, id } = await start();
    await report(client, "closed", other);
    vi.setSystemTime(Date.now() + day / 2);
    // Said once more, it is still known where to find the clip.
    await report(client, "closed");
    expect(first(await report(client, "open")).clips).toBe(1);
    const { sweepAt } = await openSweeps(service);
    expect(await sweepAt(60, id)).toBeGreaterThan(0);
  });
});

describe("a clip that is announced while an earlier one with its content is deleted", () => {
  /** A clip, and another process whose calls of the store are others. */
  async function start(intercept: (service: TestService, store: ObjectStore) => InterceptedCalls) {
    const service = await startTestService();
    const client = await connect(service);
    const content = makeContent(50);
    const { id } = await client.uploadAndSettle(content, queryFor(content));
    const { store } = await openGround(service.folder);
    const calls = intercept(service, store);
    const process = await openSweeps(service, undefined, { store: interceptStore(store, calls) });
    return { service, client, content, id, store, process };
  }

  it("is found by its pull request where it was entered before the other was struck", async () => {
    let announce = async () => {};
    const { client, content, id, process } = await start((_, store) => ({
      async deleteObjects(keys) {
        if (keys.some((key) => key.startsWith("pulls/"))) await announce();
        return store.deleteObjects(keys);
      },
    }));
    announce = async () => {
      announce = async () => {};
      expect((await client.plan(content, queryFor(content))).status).toBe(200);
    };
    const { account } = client.session;
    await process.clips.delete(account, id, () => {});
    expect(first(await report(client, "closed")).clips).toBe(1);
  });

  it("is found where the other was struck before its own state was there", async () => {
    let strike = async () => {};
    const { client, content, id, process, service, store } = await start((_, real) => ({
      async putObject(key, ...rest) {
        const etag = await real.putObject(key, ...rest);
        if (key.startsWith("pulls/")) await strike();
        return etag;
      },
    }));
    const record = await process.catalog.read(id);
    if (!record) return expect.fail("the clip is not there");
    await process.catalog.replace(record, { ...record.state, status: "deleted" });
    await process.catalog.remind(id, Date.now() - 2 * day);
    // As on an engine that cannot delete under a condition.
    const without = interceptStore(store, { deleteIfMatch: undefined });
    const { sweepAt } = await openSweeps(service, undefined, { store: without });
    strike = async () => {
      strike = async () => {};
      await sweepAt(0, id);
    };
    const { account } = client.session;
    const announced = {
      ...{ size: content.length, mime: "video/mp4", filename: null, keepFor: address },
      ...{ thumbnailTime: null, preview: "auto" as const },
    };
    const place = { account, asset: "videoclip", checksum: md5Hex(content) };
    const { signal } = new AbortController();
    await process.uploads.plan(place, announced, new URL("http://127.0.0.1/"), signal);
    expect(first(await report(client, "closed")).clips).toBe(1);
  });
});

it("the audit log says what was said of which pull request, and with which a clip has ended", async () => {
  const { service, client, read } = await startAudited();
  const content = makeContent(50);
  const { id } = await client.uploadAndSettle(content, queryFor(content));
  await report(client, "closed", "https://github.com/Octo/intro/pull/12/");
  await report(client, "open", other);
  await report(client, "shut");
  expect(read().slice(-3)).toMatchObject([
    { pullRequest: address, state: "closed", status: 200 },
    { pullRequest: other, state: "open", status: 200 },
    { status: 400 },
  ]);
  expect(read().at(-1)).not.toHaveProperty("pullRequest");
  const { sweepAt, readAudit } = await openSweeps(service);
  expect(await sweepAt(60, id)).toBe(0);
  expect(readAudit()).toMatchObject([
    { clip: id, reason: "pull request closed", pullRequest: address },
  ]);
});
