import { pino } from "pino";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { JsonObjects } from "../src/catalog/json-objects.js";
import { retentionKey } from "../src/catalog/keys.js";
import {
  type DaysKind,
  followRetentionHistory,
  openRetentionHistory,
} from "../src/clips/retention-history.js";
import type { AccountLimitsOptions } from "../src/index.js";
import { day, forDays, forPulls, start } from "./retention-days.js";
import { openGround, startTestService } from "./start-test-service.js";

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

describe("a process that records no rules", () => {
  afterEach(() => void vi.useRealTimers());

  async function openFollowed(recorded?: AccountLimitsOptions) {
    const { store } = await openGround((await startTestService({ recordRetention: false })).folder);
    const logger = pino({ level: "silent" });
    const objects = new JsonObjects(store, ({ key }) => expect.fail(key));
    const now = () => start;
    if (recorded) await openRetentionHistory({ objects, limits: recorded, now });
    const closing = new AbortController();
    onTestFinished(() => closing.abort());
    const followed = { objects, limits: {}, logger, now };
    const history = await followRetentionHistory(followed, closing.signal);
    /** As a service on the same store that is started so many days later. */
    const record = (atDays: number, limits: AccountLimitsOptions) =>
      openRetentionHistory({ objects, limits, now: () => start + atDays * day });
    return { store, history, record, closing };
  }

  it("keeps clips by those of the service that it knows nothing of", async () => {
    const { history } = await openFollowed({
      accountLimits: { retentionDays: 30, pullRequestDays: 90 },
    });
    expect(history.daysOf("acc_a")).toBe(30);
    expect(history.endOf("acc_a", start, "pullRequests")).toBe(start + 90 * day);
  });

  it("keeps them by the defaults where there is none, and leaves no history", async () => {
    const { store, history, record } = await openFollowed();
    expect(history.endOf("acc_a", start)).toBeNull();
    expect(history.endOf("acc_a", start, "pullRequests")).toBe(start + day);
    expect((await store.listObjects(retentionKey)).objects).toEqual([]);
    const later = await record(10, { accountLimits: { pullRequestDays: 7 } });
    expect(later.rules).toHaveLength(2);
    expect(later.rules[0]?.seenOn).toBe(new Date(0).toISOString());
  });

  it("reads them again, until it is closed", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { history, record, closing } = await openFollowed(forDays(7));
    await record(1, forDays(90));
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => history.daysOf("acc_a")).toBe(90);
    const timers = vi.getTimerCount();
    closing.abort();
    expect(vi.getTimerCount()).toBe(timers - 1);
  });
});
