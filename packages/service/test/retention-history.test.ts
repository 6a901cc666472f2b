import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JsonObjects } from "../src/catalog/json-objects.js";
import { indexKey } from "../src/catalog/keys.js";
import { type DaysKind, openRetentionHistory } from "../src/clips/retention-history.js";
import { tellOfShorterRetention } from "../src/clips/retention-notice.js";
import type { AccountLimitsOptions } from "../src/index.js";
import { openStations } from "../src/stations.js";
import { interceptStore } from "./intercept-store.js";
import { logOf } from "./keyless-service.js";
import { openGround, signIn, signInAs, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const start = Date.parse("2026-11-29T12:00:00Z");
const forDays = (retentionDays: number) => ({ accountLimits: { retentionDays } });
const forPulls = (pullRequestDays: number | "none") => ({ accountLimits: { pullRequestDays } });

/**
 * A service that is started again and again by other rules; a clip of `acc_a` was last used at `start`, or
 * its pull request was closed then.
 */
async function openStarts(kind: DaysKind = "retention") {
  const { store } = await openGround((await startTestService()).folder);
  const fail = ({ key }: { key: string }) => expect.fail(key);
  const objects = new JsonObjects(store, fail);
  /** When the clip is over after a start at this time, in days from `start`. */
  return async (atDays: number, limits: AccountLimitsOptions, account = "acc_a") => {
    const now = () => start + atDays * day;
    const history = await openRetentionHistory({ objects, limits, now });
    const end = history.endOf(account, start, kind);
    return end === null ? null : (end - start) / day;
  };
}

describe("the end of a clip", () => {
  it("comes a day after shorter rules were first seen, whatever is started meanwhile", async () => {
    const endAfter = await openStarts();
    expect(await endAfter(0, forDays(30))).toBe(30);
    expect(await endAfter(10, forDays(7))).toBe(11);
    expect(await endAfter(10.5, forDays(7))).toBe(11);
    expect(await endAfter(20, forDays(7))).toBe(11);
    // Of a rule that is settled no day is given any more.
    expect(await endAfter(21, forDays(8))).toBe(8);
  });

  it("is that of the rules before where these come first", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(30));
    expect(await endAfter(29.5, forDays(7))).toBe(30);
    expect(await endAfter(5, forDays(29))).toBe(29);
  });

  it("is as before when shorter rules are taken back within the day", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(30));
    expect(await endAfter(10, forDays(3))).toBe(11);
    expect(await endAfter(10.5, forDays(30))).toBe(30);
    expect(await endAfter(10.6, forDays(3))).toBe(11.6);
  });

  it("waits for the newest of several shorter rules", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(30));
    await endAfter(10, forDays(20));
    expect(await endAfter(10.5, forDays(7))).toBe(11.5);
  });

  it("comes a day after the newest rule, also where shorter ones were tried before it", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(30));
    expect(await endAfter(10, forDays(3))).toBe(11);
    expect(await endAfter(10.5, forDays(2))).toBe(11.5);
    // None of these was in force for a day.
    expect(await endAfter(11.2, forDays(1))).toBe(12.2);
  });

  it("comes a day after longer rules were taken back that had promised more", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(7));
    await endAfter(5, forDays(30));
    expect(await endAfter(7.5, forDays(7))).toBe(8.5);
  });

  it("comes a day after the first rule at all, for clips that were kept for ever", async () => {
    const endAfter = await openStarts();
    expect(await endAfter(0, {})).toBeNull();
    expect(await endAfter(10, forDays(7))).toBe(11);
    expect(await endAfter(10, {})).toBeNull();
  });

  it("follows the rules of its own account", async () => {
    const endAfter = await openStarts();
    const own = (retentionDays: number) => ({
      ...forDays(30),
      limitsByAccount: { acc_b: { retentionDays }, acc_c: { clipsPerDay: 1 } },
    });
    await endAfter(0, own(20));
    expect(await endAfter(10, own(5), "acc_b")).toBe(11);
    expect(await endAfter(10, own(5), "acc_c")).toBe(30);
    expect(await endAfter(10, forDays(30), "acc_b")).toBe(30);
  });

  it("waits a day for fewer days after the closing of a pull request, too", async () => {
    const endAfter = await openStarts("pullRequests");
    expect(await endAfter(0, forPulls(90))).toBe(90);
    expect(await endAfter(20, forPulls(9))).toBe(21);
    expect(await endAfter(20.5, forPulls(90))).toBe(90);
    // Where the setting is taken out, one day counts.
    expect(await endAfter(21, {})).toBe(22);
    expect(await endAfter(21, forPulls("none"))).toBeNull();
    await endAfter(30, forPulls("none"));
    expect(await endAfter(40, { limitsByAccount: { acc_a: { pullRequestDays: 5 } } })).toBe(41);
  });

  it("is a day after the closing where a service runs for the first time", async () => {
    const endAfter = await openStarts("pullRequests");
    expect(await endAfter(0, {})).toBe(1);
  });

  it("is known however often the rules were changed within a day", async () => {
    const endAfter = await openStarts();
    await endAfter(0, forDays(1_000));
    for (let count = 0; count < 200; count += 1) {
      await endAfter(10 + count / 1_000, forDays(count % 2 === 0 ? 7 : 900));
    }
    expect(await endAfter(10.2, forDays(7))).toBeCloseTo(11.2);
  });
});

describe("a service that is started", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
  afterEach(() => void vi.useRealTimers());

  it("tells how many clips of which account are older than its rules, and when they are deleted", async () => {
    const first = await startTestService();
    const client = new UploadClient(first, await signIn(first));
    const { account } = client.session;
    for (let count = 0; count < 3; count += 1) await client.uploadAndSettle(makeContent(50));
    await first.close();
    vi.setSystemTime(start + 10 * day);
    const tell = async (limits: AccountLimitsOptions) => {
      const service = await startTestService({ folder: first.folder, ...limits });
      const told = () =>
        logOf(service).filter(({ msg }) => String(msg).includes("older than the new retention"));
      return { service, told };
    };
    const { service, told } = await tell(forDays(7));
    await expect.poll(told).toHaveLength(1);
    const deletedAfter = new Date(start + 11 * day).toISOString();
    expect(told()[0]).toMatchObject({
      ...{ level: 40, account, clips: 3, retentionDays: 7, deletedAfter },
    });
    // One that is used meanwhile stays.
    await service.close();
    vi.setSystemTime(start + 10.5 * day);
    const again = await tell(forDays(7));
    await expect.poll(again.told).toHaveLength(1);
    expect(again.told()[0]).toMatchObject({ deletedAfter });
    await again.service.close();
    vi.setSystemTime(start + 11 * day + hour);
    const settled = await tell(forDays(7));
    await settled.service.close();
    expect(settled.told()).toEqual([]);
  });

  it("tells of which account clips of closed pull requests are kept for fewer days", async () => {
    const first = await startTestService(forPulls(90));
    const client = new UploadClient(first, await signIn(first));
    const keepFor = encodeURIComponent("https://github.com/octo/intro/pull/12");
    const content = makeContent(50);
    await client.uploadAndSettle(content, `size=${content.length}&keep_for=${keepFor}`);
    await first.close();
    vi.setSystemTime(start + 10 * day);
    const service = await startTestService({ folder: first.folder, ...forPulls(9) });
    const told = () =>
      logOf(service).filter(({ msg }) => String(msg).includes("by the new pullRequestDays"));
    await expect.poll(told).toHaveLength(1);
    expect(told()[0]).toMatchObject({
      ...{ level: 40, account: client.session.account, atMost: 1, pullRequestDays: 9 },
      deletedAfter: new Date(start + 11 * day).toISOString(),
    });
  });

  it("tells of the other accounts where one cannot be looked at", async () => {
    const { store } = await openGround((await startTestService()).folder);
    for (const account of ["acc_a", "acc_b", "acc_c"]) {
      const place = { createdOn: new Date(start).toISOString(), id: "a".repeat(24) };
      await store.putObject(indexKey(account, place), "");
    }
    const failing = interceptStore(store, {
      async listObjects(prefix, options) {
        if (prefix === "index/acc_b/") throw new Error("the disk is broken");
        return store.listObjects(prefix, options);
      },
    });
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const objects = new JsonObjects(store, ({ key }) => expect.fail(key));
    const now = () => start + 30 * day;
    const history = await openRetentionHistory({ objects, limits: forDays(7), now });
    const { catalog } = openStations({
      ...{ store: failing, secret: "s".repeat(32), logger, audit: null, media: null },
      ...{ measure: () => {}, urlLifetime: 60, findLimits: () => ({}), history, now },
    });
    await tellOfShorterRetention({ catalog, history, logger, now }, new AbortController().signal);
    const told = lines.map((line) => JSON.parse(line));
    expect(told.map(({ account, clips = null, level }) => [account, clips, level])).toEqual([
      ["acc_a", 1, 40],
      ["acc_b", null, 50],
      ["acc_c", 1, 40],
    ]);
  });

  it("deletes by shorter rules a day later, and not before", async () => {
    const service = await startTestService();
    const app = await (await openGround(service.folder)).accounts.createApp();
    const client = new UploadClient(service, await signInAs(service, app));
    const clip = await client.uploadAndSettle(makeContent(50));
    const { store, secret } = await openGround(service.folder);
    const logger = pino({ level: "silent" });
    const objects = new JsonObjects(store, ({ key }) => expect.fail(key));
    let time = start + 10 * day;
    const now = () => time;
    const history = await openRetentionHistory({ objects, limits: forDays(7), now });
    const { sweeper, catalog } = openStations({
      ...{ store, secret, logger, audit: null, media: null, measure: () => {}, urlLifetime: 60 },
      ...{ findLimits: () => ({ retentionDays: 7 }), history, now },
    });
    // As the look at all clips does, which finds one that nothing reminds of.
    await catalog.remind(clip.id, time);
    const isStored = async () => (await catalog.read(clip.id)) !== null;
    time = start + 10.9 * day;
    await sweeper.sweep();
    expect(await isStored()).toBe(true);
    time = start + 12.6 * day;
    await sweeper.sweep();
    expect(await isStored()).toBe(false);
  });

  it("tells nothing where no rule is shorter", async () => {
    const service = await startTestService({ ...forDays(30) });
    await service.close();
    const { store } = await openGround(service.folder);
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const objects = new JsonObjects(store, ({ key }) => expect.fail(key));
    const now = () => start + 3 * day;
    const history = await openRetentionHistory({ objects, limits: forDays(40), now });
    const { catalog } = openStations({
      ...{ store, secret: "s".repeat(32), logger, audit: null, media: null, measure: () => {} },
      ...{ urlLifetime: 60, findLimits: () => ({}), history, now },
    });
    await tellOfShorterRetention({ catalog, history, logger, now }, new AbortController().signal);
    expect(lines).toEqual([]);
  });
});
