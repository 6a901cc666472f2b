import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { FolderStore } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { Worker } from "../src/work/worker.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const ids = Array.from({ length: 12 }, (_, index) => String(index).padStart(24, "0"));

async function startWorker() {
  const store = await FolderStore.open(await makeFolder(), secret);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const released = Promise.withResolvers<void>();
  const running = new Set<string>();
  const done: string[] = [];
  let most = 0;
  const worker = new Worker({
    ...{ list: catalog.verifications, clipsAtOnce: 2, placesForOthers: 1, crash: "crashed" },
    kind: "verification",
    logger: pino({ level: "silent" }),
    measure: measureNothing,
    async work({ id }) {
      running.add(id);
      most = Math.max(most, running.size);
      await released.promise;
      running.delete(id);
      done.push(id);
      return null;
    },
  });
  onTestFinished(() => {
    released.resolve();
    return worker.close();
  });
  return { worker, store, catalog, running, done, released, most: () => most };
}

it("what many requests add at once is done two at a time, and all of it", async () => {
  const { worker, store, running, done, released, most } = await startWorker();
  const added = await Promise.all(ids.map((id) => worker.add({ id, account: "acc_a" })));
  for (const work of added) worker.begin(work);
  expect(running.size).toBe(2);
  released.resolve();
  await worker.settled();
  expect(most()).toBe(2);
  expect(done.sort()).toEqual(ids);
  expect((await store.listObjects("work/")).objects).toEqual([]);
});

it("one account with much work does not hold up another one's, whichever process has added it", async () => {
  const { worker, catalog, running, released } = await startWorker();
  for (const id of ids.slice(0, 10))
    await catalog.verifications.add({ id, account: "acc_a" }, false);
  const [other = "", late = ""] = ids.slice(10);
  await catalog.verifications.add({ id: other, account: "acc_b" }, false);
  worker.start();
  await expect.poll(() => [...running]).toEqual([ids[0], other]);
  const added = await worker.add({ id: late, account: "acc_c" });
  worker.begin(added);
  expect([...running]).toEqual([ids[0], other, late]);
  expect(await worker.add({ id: "z".repeat(24), account: "acc_d" })).toMatchObject({
    isHeld: false,
  });
  released.resolve();
  await worker.settled();
});
