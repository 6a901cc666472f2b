import { setImmediate } from "node:timers/promises";
import { pino } from "pino";
import { expect, test } from "vitest";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { FolderStore } from "../src/index.js";
import { Sweeper } from "../src/upkeep/sweeper.js";
import type { Tidying } from "../src/upkeep/tidying.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const [id, other] = ["a".repeat(24), "b".repeat(24)];
const day = 24 * 60 * 60 * 1000;
const start = 1_700_000_000_000;

async function openSweeper(tidy: (id: string) => Promise<number | null>) {
  let time = start;
  const now = () => time;
  const store = await FolderStore.open(await makeFolder(), secret, { now });
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const tidying = { tidy } as Tidying;
  const sweeper = new Sweeper({ store, catalog, tidying, logger: pino({ level: "silent" }) });
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  return { catalog, sweeper, pass };
}

test("two reminders of one clip are one look at it, and both are dropped", async () => {
  const looks: string[] = [];
  const { catalog, sweeper, pass } = await openSweeper(async (each) => {
    looks.push(each);
    // Long enough for the other reminders to be found.
    for (let turn = 0; turn < 1_000; turn += 1) await setImmediate();
    return null;
  });
  for (const [each, at] of [
    [id, day],
    [id, 2 * day],
    [other, day],
  ] as const) {
    await catalog.remind(each, start + at);
  }
  pass(4 * day);
  await sweeper.sweep();
  expect(looks.sort()).toEqual([id, other]);
  for await (const left of catalog.dueReminders({})) expect.fail(left.key);
});
