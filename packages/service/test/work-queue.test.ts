import { hostname } from "node:os";
import { expect, it } from "vitest";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { FolderStore } from "../src/index.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const id = "a".repeat(24);
const time = 1_700_000_000_000;

async function openCatalog() {
  const store = await FolderStore.open(await makeFolder(), secret);
  const catalog = new StoreCatalog({
    store,
    now: () => time,
    onDamage: ({ key }) => expect.fail(key),
  });
  return { store, catalog };
}

/** Work that another process holds for a minute more. */
function held(host: string, pid: number): string {
  return JSON.stringify({ owner: { host, pid, name: "other" }, until: time + 60_000, attempts: 0 });
}

it("work of another container with the same host name and process id is left to it", async () => {
  const { store, catalog } = await openCatalog();
  const lease = await catalog.addWork(id, true);
  for (const pid of [process.pid, 2 ** 22 + 1]) {
    const { etag } = (await store.headObject(lease.key)) ?? { etag: "" };
    await store.putObject(lease.key, held(hostname(), pid), { ifMatch: etag });
    expect(await catalog.takeWork(1)).toEqual([]);
  }
});

it("work of a process of this machine that has ended is taken at once", async () => {
  const { store, catalog } = await openCatalog();
  const lease = await catalog.addWork(id, true);
  const own = await new Response((await store.getObject(lease.key))?.body).text();
  const work = own.replace(`"pid":${process.pid}`, `"pid":${2 ** 22 + 1}`);
  expect(work).not.toBe(own);
  await store.putObject(lease.key, work, { ifMatch: lease.etag });
  expect(await catalog.takeWork(1)).toMatchObject([{ id, isNew: false }]);
});
