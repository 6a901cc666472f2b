import { pino } from "pino";
import { expect, it, onTestFinished, vi } from "vitest";
import type { ComparisonState } from "../src/catalog/comparison-state.js";
import { FolderStore } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { openStations } from "../src/stations.js";
import type { ObjectStore } from "../src/store/object-store.js";
import { comparing } from "./compare-clips.js";
import { secret } from "./folder-store-secret.js";
import { makeClip, start } from "./make-clip.js";
import { makeFolder } from "./start-test-service.js";

const second = 1_000;
/** Milliseconds from one comparison of a clip to the next. */
const apart = 700;
const account = "acc_a";

it("thirty comparisons that wait for three clips cost less and less, also after a restart", async () => {
  const ground = await openStore();
  const first = ground.open();
  const clips = ["a", "b", "c"].map((letter) =>
    makeClip(letter, { account, comparisons: tenPairs() }),
  );
  for (const clip of [...clips, older]) await first.catalog.create(clip);
  for (const { id } of clips) {
    for (let index = 0; index < 10; index += 1) {
      await first.catalog.comparisons.add({ id, account, at: start + index * apart }, false);
    }
  }
  ground.count();
  await first.work(20 * second);
  expect(ground.count()).toBeLessThan(1_200);
  await first.close();
  ground.clock.now += 300 * second;
  const later = ground.open();
  await later.work(50 * second);
  // Each is looked at once, with six calls, and not again before a minute is over.
  expect(ground.count()).toBeLessThan(30 * 6 + 20);
  await later.close();
});

it("a clip is found without a look at its comparisons, whose lost work a sweep records again", async () => {
  const ground = await openStore();
  const running = ground.open();
  const clip = makeClip("a", { account, status: "available", comparisons: tenPairs() });
  for (const each of [clip, older]) await running.catalog.create(each);
  ground.clock.now += 60 * second;
  ground.count();
  expect(await running.clips.find(clip.id)).toEqual(clip);
  expect(ground.count()).toBe(1);
  const pair = { account, newId: clip.id, oldId: older.id };
  await running.comparisons.find(pair);
  // The two clips, and whether the work of one comparison is there, which it is not.
  expect(ground.count()).toBe(4);
  expect(await running.catalog.comparisons.count()).toBe(1);
  const { sweeper } = running;
  sweeper.start();
  vi.advanceTimersByTime(60 * second);
  await expect.poll(() => running.catalog.comparisons.count()).toBe(10);
  await sweeper.close();
});

const older = makeClip("z", { account, status: "available" });

/** Comparisons with one older clip, which were asked for one after the other. */
function tenPairs(): ComparisonState[] {
  return Array.from({ length: 10 }, (_, index) => ({
    ...{
      old: older.id,
      oldVersion: "v",
      askedOn: new Date(start + index * apart).toISOString(),
    },
    ...{ ignore: [], tolerance: 1, status: "pending", reason: null, hasPicture: false },
  }));
}

/** A store whose calls are counted, and whose clock and timers go on when they are told to. */
async function openStore() {
  const clock = { now: start };
  const now = () => clock.now;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  let calls = 0;
  const store = countCalls(await FolderStore.open(await makeFolder(), secret, { now }), () => {
    calls += 1;
  });
  return {
    clock,
    /** How many calls were made since it was asked last. */
    count() {
      const counted = calls;
      calls = 0;
      return counted;
    },
    open: () => openComparing(store, clock),
  };
}

/** A process that does nothing but compare. */
function openComparing(store: ObjectStore, clock: { now: number }) {
  const { workers, ...stations } = openStations({
    ...{ store, secret, media: comparing().media, measure: measureNothing, urlLifetime: 60 },
    ...{ logger: pino({ level: "silent" }), audit: null, findLimits: () => ({}) },
    now: () => clock.now,
  });
  const worker = workers.find(({ kind }) => kind === "comparison");
  if (!worker) throw new Error("Nothing compares.");
  let isStarted = false;
  return {
    ...stations,
    close: () => worker.close(),
    /** Lets so many milliseconds pass. */
    async work(time: number) {
      if (!isStarted) worker.start();
      isStarted = true;
      await worker.settled();
      for (const end = clock.now + time; clock.now < end; ) {
        clock.now += second;
        vi.advanceTimersByTime(second);
        await worker.settled();
      }
    },
  };
}

function countCalls(store: ObjectStore, onCall: () => void): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        onCall();
        return value.apply(target, args);
      };
    },
  });
}
