import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JsonObjects } from "../src/catalog/json-objects.js";
import { indexKey } from "../src/catalog/keys.js";
import { openRetentionHistory } from "../src/clips/retention-history.js";
import { tellOfShorterRetention } from "../src/clips/retention-notice.js";
import type { AccountLimitsOptions } from "../src/index.js";
import { openStations } from "../src/stations.js";
import { interceptStore } from "./intercept-store.js";
import { logOf } from "./keyless-service.js";
import { day, forDays, forPulls, hour, start } from "./retention-days.js";
import { openGround, signIn, signInAs, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

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
