import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { FolderStore } from "../src/index.js";
import { Worker } from "../src/work/worker.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const ids = Array.from({ length: 12 }, (_, index) => String(index).padStart(24, "0"));

it("what many requests add at once is done two at a time, and all of it", async () => {
  const store = await FolderStore.open(await makeFolder(), secret);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const released = Promise.withResolvers<void>();
  const running = new Set<string>();
  const done: string[] = [];
  let most = 0;
  const worker = new Worker({
    catalog,
    logger: pino({ level: "silent" }),
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
  const added = await Promise.all(ids.map((id) => worker.add(id)));
  for (const work of added) worker.begin(work);
  expect(running.size).toBe(2);
  released.resolve();
  await worker.settled();
  expect(most).toBe(2);
  expect(done.sort()).toEqual(ids);
  expect((await store.listObjects("work/")).objects).toEqual([]);
});
