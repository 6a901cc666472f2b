import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import type { ObjectStore } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { openStations } from "../src/stations.js";
import { type Comparing, comparing, listFiles, start } from "./compare-clips.js";
import { interceptStore } from "./intercept-store.js";
import { openSweeps } from "./open-sweeps.js";
import { openGround, type TestService } from "./start-test-service.js";
import { first, makeContent } from "./upload-client.js";

// What was compared with an older clip is found by entries for it. Other processes strike some of them at any moment.

const wishes = { ignore: [], tolerance: 1 };

it("a sweep before a comparison is recorded does not keep it from ending with the older clip", async () => {
  const { service, mine, old, now } = await start();
  const { catalog, sweepAt } = await openSweeps(service);
  await catalog.remind(old, 0);
  const { comparisons, settled } = await openBeside(service, (store) => ({
    putObject: once(
      store.putObject.bind(store),
      (key) => isEntry(key),
      async (put) => {
        const stored = await put();
        await sweepAt(1, old);
        return stored;
      },
    ),
  }));
  const { account } = mine.client.session;
  await comparisons.request({ account, newId: now, oldId: old }, wishes);
  await settled();
  await expectToEndWith(service, mine, old, now);
});

it("nor does one that strikes the entry once the comparison is recorded", async () => {
  const { service, mine, old, now } = await start();
  const { store } = await openGround(service.folder);
  const { catalog, sweepAt } = await openSweeps(service, undefined, {
    store: interceptStore(store, {
      deleteObjects: beforeStrike(store, () => mine.settle(now, old)),
    }),
  });
  // A process has ended before it recorded what it has entered.
  await catalog.compared.enter(mine.client.session.account, old, now);
  await catalog.remind(old, 0);
  await sweepAt(1, old);
  await expectToEndWith(service, mine, old, now);
});

it("nor does making room for another one, where it is asked for again at that moment", async () => {
  const { service, mine, old, now } = await start();
  await mine.settle(now, old);
  for (let count = 1; count < 10; count += 1) await mine.settle(now, await mine.clip());
  const { comparisons, settled } = await openBeside(service, (store) => ({
    deleteObjects: beforeStrike(store, () => mine.settle(now, old)),
  }));
  const { account } = mine.client.session;
  const oldId = await mine.clip();
  const { dropped } = await comparisons.request({ account, newId: now, oldId }, wishes);
  expect(dropped.map((each) => each.old)).toEqual([old]);
  await settled();
  await expectToEndWith(service, mine, old, now);
});

it("nor does deleting the newer clip, where it is uploaded and compared again at that moment", async () => {
  const { service, mine, old } = await start();
  const content = makeContent(50);
  const { id: now } = await mine.client.uploadAndSettle(content);
  await mine.settle(now, old);
  const { clips } = await openBeside(service, (store) => ({
    deleteObjects: beforeStrike(store, async () => {
      await mine.client.uploadAndSettle(content);
      await mine.settle(now, old);
    }),
  }));
  await clips.delete(mine.client.session.account, now, () => {});
  await expectToEndWith(service, mine, old, now);
});

/** What a comparison shows of the older clip is gone when that clip is. */
async function expectToEndWith(service: TestService, mine: Comparing, old: string, now: string) {
  const { picture_url, ...made } = first(await mine.get(now, old));
  expect(made).toMatchObject({ status: "ready" });
  const before = await listFiles(service, now);
  await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
  expect(first(await mine.get(now, old))).toMatchObject({
    ...{ status: "failed", reason: "The older clip was deleted.", picture_url: null },
  });
  expect((await fetch(picture_url ?? "")).status).toBe(404);
  expect(await listFiles(service, now)).toHaveLength(before.length - 2);
}

/** What another process works with, whose store has some other calls. */
async function openBeside(
  { folder }: TestService,
  intercept: (store: ObjectStore) => Partial<ObjectStore>,
) {
  const { store, secret } = await openGround(folder);
  const stations = openStations({
    ...{ store: interceptStore(store, intercept(store)), secret, ...comparing() },
    ...{ logger: pino({ level: "silent" }), measure: measureNothing, audit: null },
    ...{ urlLifetime: 60, findLimits: () => ({}) },
  });
  onTestFinished(async () => {
    for (const worker of stations.workers) await worker.close();
  });
  const settled = async () => {
    for (const worker of stations.workers) await worker.settled();
  };
  return { ...stations, settled };
}

function isEntry(key: string): boolean {
  return key.startsWith("compared/");
}

/** A call of a store that does something more the first time that it is about something. */
function once<Subject, Rest extends unknown[], Result>(
  call: (subject: Subject, ...rest: Rest) => Promise<Result>,
  isIt: (subject: Subject) => boolean,
  then: (call: () => Promise<Result>) => Promise<Result>,
): (subject: Subject, ...rest: Rest) => Promise<Result> {
  let isDone = false;
  return (subject, ...rest) => {
    if (isDone || !isIt(subject)) return call(subject, ...rest);
    isDone = true;
    return then(() => call(subject, ...rest));
  };
}

/** The store's `deleteObjects`, before whose first strike of an entry something is done. */
function beforeStrike(store: ObjectStore, work: () => Promise<unknown>) {
  return once(
    store.deleteObjects.bind(store),
    (keys) => keys.some(isEntry),
    async (strike) => {
      await work();
      return strike();
    },
  );
}
