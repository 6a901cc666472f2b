import { describe, expect, it } from "vitest";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { listFiles, ready, start } from "./compare-clips.js";
import { openSweeps } from "./open-sweeps.js";
import { listKeys, openGround, type TestService } from "./start-test-service.js";
import { first, makeContent } from "./upload-client.js";

describe("deleting", () => {
  it("the older clip ends what is shown of it, at once and on the disk", async () => {
    const { service, mine, old, now } = await start();
    const { picture_url, url } = await mine.settle(now, old);
    const unrelated = await mine.settle(now, await mine.clip());
    await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
    expect(first(await mine.get(now, old))).toMatchObject({
      ...{ status: "failed", reason: "The older clip was deleted.", diff: null, picture_url: null },
    });
    for (const address of [picture_url ?? "", `${url}.json`]) {
      expect((await fetch(address)).status).toBe(404);
    }
    expect(await listFiles(service, now)).toHaveLength(2);
    expect((await fetch(unrelated.picture_url ?? "")).status).toBe(200);
    expect((await mine.ask(now, old)).status).toBe(404);
  });

  it("the newer clip deletes what was stored of it", async () => {
    const { service, mine, old, now } = await start();
    const { picture_url } = await mine.settle(now, old);
    await mine.client.call(`me/videoclips/${now}`, { method: "DELETE" });
    expect(await listKeys(service, `clips/${now}/`)).not.toContainEqual(
      expect.stringContaining("/comparisons/"),
    );
    expect(await listKeys(service, `compared/`)).toEqual([]);
    expect((await fetch(picture_url ?? "")).status).toBe(404);
    expect((await mine.get(now, old)).status).toBe(404);
  });

  it("the older clip while the two are compared leaves nothing of it", async () => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const { service, mine, old, now } = await start(async () => {
      begun.resolve();
      await end.promise;
      return ready;
    });
    await mine.ask(now, old);
    await begun.promise;
    await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
    end.resolve();
    await service.settled();
    expect(first(await mine.get(now, old))).toMatchObject({
      ...{ status: "failed", reason: "The older clip was deleted." },
    });
    expect(await listFiles(service, now)).toEqual([]);
  });

  it("and uploading the older clip again is no way to see the earlier picture", async () => {
    const { service, mine, now } = await start();
    const content = makeContent(50);
    const { id } = await mine.client.uploadAndSettle(content);
    const { picture_url } = await mine.settle(now, id);
    await mine.client.call(`me/videoclips/${id}`, { method: "DELETE" });
    expect((await mine.client.uploadAndSettle(content)).id).toBe(id);
    expect((await fetch(picture_url ?? "")).status).toBe(404);
    expect(await mine.settle(now, id)).toMatchObject({ status: "ready" });
    expect((await fetch(picture_url ?? "")).status).toBe(200);
    expect(await listFiles(service, now)).toHaveLength(2);
  });
});

it("a clip that many were compared with is deleted at once, and a sweep ends the rest", async () => {
  const { service, mine, old, now } = await start();
  await mine.settle(now, old);
  const { store, catalog, countShown } = await compareMany(service, now);
  await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
  expect(await listKeys(service, "compared/")).toHaveLength(5);
  expect(await countShown()).toBe(5);
  expect((await catalog.read(old))?.state.status).toBe("deleted");
  await service.close();
  const { sweepAt } = await openSweeps(service);
  await sweepAt(1, old);
  expect(await listKeys(service, "compared/")).toEqual([]);
  expect(await countShown()).toBe(0);
  // Where the engine of a bucket cannot delete under a condition, the state stays.
  const left = (await catalog.read(old))?.state.status;
  expect(left).toBe(store.deleteIfMatch ? undefined : "deleted");
});

it("the rest is ended also where the clip was uploaded again before, without what is made then", async () => {
  const { service, mine, now } = await start();
  const content = makeContent(50);
  const { id: old } = await mine.client.uploadAndSettle(content);
  await mine.settle(now, old);
  const { countShown } = await compareMany(service, now);
  await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
  await mine.client.uploadAndSettle(content);
  const { picture_url } = await mine.settle(now, old);
  const { sweepAt } = await openSweeps(service);
  await sweepAt(1, old);
  expect(await listKeys(service, "compared/")).toHaveLength(1);
  expect(await countShown()).toBe(0);
  expect((await fetch(picture_url ?? "")).status).toBe(200);
  // It still leads to the one that was made then.
  await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
  expect(await listKeys(service, "compared/")).toEqual([]);
  expect(await listFiles(service, now)).toEqual([]);
});

it("a sweep deletes the files that a comparison has left which has failed", async () => {
  const { service, mine, old, now } = await start();
  await mine.settle(now, old);
  const { catalog, sweepAt } = await openSweeps(service);
  const look = async (hours: number) => {
    await catalog.remind(now, 0);
    await sweepAt(hours, now);
    return (await listFiles(service, now)).length;
  };
  expect(await look(2)).toBe(2);
  const record = await catalog.read(now);
  const [comparison] = record?.state.comparisons ?? [];
  if (!record || !comparison) throw new Error("Nothing was compared.");
  const failed = { ...comparison, status: "failed" } as const;
  await catalog.replace(record, { ...record.state, comparisons: [failed] });
  expect(await look(3)).toBe(0);
});

/** Records for 104 more clips that they were compared with the older one, as the first was. */
async function compareMany(service: TestService, first: string) {
  const { store } = await openGround(service.folder);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const record = await catalog.read(first);
  const [comparison] = record?.state.comparisons ?? [];
  if (!record || !comparison) throw new Error("Nothing was compared.");
  const ids = Array.from({ length: 104 }, (_, index) => String(index).padStart(24, "0"));
  for (const id of ids) {
    await catalog.compared.enter(record.state.account, comparison.old, id);
    await catalog.create({ ...record.state, id });
  }
  return {
    ...{ store, catalog },
    /** How many of the comparisons show the older clip. */
    async countShown() {
      const states = await Promise.all([first, ...ids].map((id) => catalog.read(id)));
      const all = states.flatMap((each) => each?.state.comparisons ?? []);
      return all.filter(
        ({ status, oldVersion }) => status === "ready" && oldVersion === comparison.oldVersion,
      ).length;
    },
  };
}

it("of a clip that was uploaded again nothing is shown that an ended process has left", async () => {
  const { service, mine, old, now } = await start();
  const { picture_url, url } = await mine.settle(now, old);
  const { store } = await openGround(service.folder);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const record = await catalog.read(old);
  if (!record) throw new Error("The clip is gone.");
  await catalog.replace(record, { ...record.state, version: "another" });
  for (const address of [picture_url ?? "", `${url}.json`]) {
    expect((await fetch(address)).status).toBe(404);
  }
  expect(first(await mine.get(now, old))).toMatchObject({
    ...{ status: "failed", reason: "The older clip was deleted.", picture_url: null },
  });
});
