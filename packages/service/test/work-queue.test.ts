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
function held(host: string, pid: number, begun = {}): string {
  const owner = { host, pid, name: "other" };
  return JSON.stringify({ owner, until: time + 60_000, attempts: 2, ...begun });
}

it("work of another container with the same host name and process id is left to it", async () => {
  const { store, catalog } = await openCatalog();
  const lease = await catalog.verifications.add({ id, account: "acc_a" }, true);
  for (const pid of [process.pid, 2 ** 22 + 1]) {
    const { etag } = (await store.headObject(lease.key)) ?? { etag: "" };
    await store.putObject(lease.key, held(hostname(), pid), { ifMatch: etag });
    expect(await catalog.verifications.take(1)).toEqual([]);
  }
});

it("work of a process of this machine that has ended is taken at once", async () => {
  const { store, catalog } = await openCatalog();
  const lease = await catalog.verifications.add({ id, account: "acc_a" }, true);
  const text = await new Response((await store.getObject(lease.key))?.body).text();
  const own: { owner: { host: string } } = JSON.parse(text);
  const work = held(own.owner.host, 2 ** 22 + 1, { isBegun: true, ends: 1 });
  await store.putObject(lease.key, work, { ifMatch: lease.etag });
  // What had begun may be what ended the process, so that is counted.
  const [taken] = await catalog.verifications.take(1);
  expect(taken).toMatchObject({ id, isNew: false, attempts: 2, ends: 2 });
});

it("that an owner ended before it had begun says nothing about the work", async () => {
  const { store, catalog } = await openCatalog();
  const lease = await catalog.verifications.add({ id, account: "acc_a" }, true);
  const text = await new Response((await store.getObject(lease.key))?.body).text();
  const own: { owner: { host: string } } = JSON.parse(text);
  const work = held(own.owner.host, 2 ** 22 + 1, { ends: 1 });
  await store.putObject(lease.key, work, { ifMatch: lease.etag });
  const [taken] = await catalog.verifications.take(1);
  expect(taken).toMatchObject({ attempts: 2, ends: 1 });
  const begun = taken && (await catalog.verifications.renew(taken, true));
  expect(begun).not.toBeNull();
});
