import * as v from "valibot";
import { expect, it } from "vitest";
import { JsonObjects } from "../src/catalog/json-objects.js";
import { FolderStore } from "../src/index.js";
import { secret } from "./folder-store-secret.js";
import { type InterceptedCalls, interceptStore } from "./intercept-store.js";
import { makeFolder } from "./start-test-service.js";

const schema = v.object({ days: v.object({ ofAll: v.number() }) });
const value = { days: { ofAll: 1 } };
const key = "rules.json";

async function openObjects(intercept: (store: FolderStore) => InterceptedCalls = () => ({})) {
  const real = await FolderStore.open(await makeFolder(), secret);
  const store = interceptStore(real, intercept(real));
  const told: { key: string; movedTo: string; problem: string }[] = [];
  const objects = new JsonObjects(store, (damage) => void told.push(damage));
  const list = async () => (await store.listObjects("")).objects.map((object) => object.key);
  return { real, store, objects, told, list };
}

it("an object is made once, and replaced by who has read it last", async () => {
  const { objects, told } = await openObjects();
  expect(await objects.read(key, schema)).toBeNull();
  const etag = await objects.create(key, value);
  expect(await objects.create(key, { days: { ofAll: 2 } })).toBeNull();
  expect(await objects.read(key, schema)).toEqual({ value, etag });
  const next = await objects.replace(key, { days: { ofAll: 3 } }, String(etag));
  expect(await objects.replace(key, value, String(etag))).toBeNull();
  expect(await objects.read(key, schema)).toEqual({ value: { days: { ofAll: 3 } }, etag: next });
  expect(told).toEqual([]);
});

// On Ceph nothing is deleted under a condition.
it.each<[string, () => InterceptedCalls]>([
  ["that deletes under a condition", () => ({})],
  ["that does not", () => ({ deleteIfMatch: undefined })],
])(
  "with an engine %s, what is damaged is put aside, told, and counts as missing",
  async (_, calls) => {
    for (const [bytes, problem] of [
      ["", "it is empty"],
      ["{", "it is not JSON"],
      ['{"days":{"ofAll":"hush"}}', "invalid value at days.ofAll"],
      ["3", "invalid value at the top"],
    ] as const) {
      const { store, objects, told, list } = await openObjects(calls);
      await store.putObject(key, bytes, { ifNoneMatch: "*" });
      expect(await objects.read(key, schema)).toBeNull();
      expect(told).toEqual([
        { key, movedTo: expect.stringMatching(/^damaged\/\d+\/rules\.json$/), problem },
      ]);
      const movedTo = told[0]?.movedTo ?? "";
      expect(await list()).toEqual([movedTo]);
      const kept = await store.getObject(movedTo);
      expect(await new Response(kept?.body).text()).toBe(bytes);
    }
  },
);

it("without a condition nothing is deleted that another process has made meanwhile", async () => {
  const { store, objects } = await openObjects((real) => ({
    deleteIfMatch: undefined,
    async putObject(name, ...rest) {
      const etag = await real.putObject(name, ...rest);
      // As another process that has put it aside as well.
      if (name.startsWith("damaged/")) {
        await real.deleteObjects([key]);
        await real.putObject(key, JSON.stringify(value), { ifNoneMatch: "*" });
      }
      return etag;
    },
  }));
  await store.putObject(key, "{", { ifNoneMatch: "*" });
  expect(await objects.read(key, schema)).toBeNull();
  expect((await objects.read(key, schema))?.value).toEqual(value);
});

it("what is damaged is replaced where it is known by what", async () => {
  const { store, objects } = await openObjects();
  await store.putObject(key, "{", { ifNoneMatch: "*" });
  const repaired = await objects.read(key, schema, { repaired: value });
  expect(repaired?.value).toEqual(value);
  expect(await objects.read(key, schema)).toEqual(repaired);
});

it("a repair that comes too late is none", async () => {
  const { store, objects } = await openObjects((real) => ({
    putObject: async (name, content, options) =>
      options?.ifMatch === undefined ? real.putObject(name, content, options) : null,
  }));
  await store.putObject(key, "{", { ifNoneMatch: "*" });
  expect(await objects.read(key, schema, { repaired: value })).toBeNull();
});

it("what is written takes the place of what is there, also of what others change meanwhile", async () => {
  const changes: string[] = [];
  const { objects, store } = await openObjects((real) => ({
    async headObject(name, ...rest) {
      const seen = await real.headObject(name, ...rest);
      const change = changes.shift();
      // As another process that deletes or replaces it between the look and the writing.
      if (change !== undefined) await real.deleteObjects([name]);
      if (change === "replaced") await real.putObject(name, "{}", { ifNoneMatch: "*" });
      return seen;
    },
  }));
  const read = async () => (await objects.read(key, schema))?.value.days.ofAll;
  const writeAmid = async (amount: number, ...meanwhile: string[]) => {
    changes.push(...meanwhile);
    await objects.write(key, { days: { ofAll: amount } });
    expect(changes).toEqual([]);
    return read();
  };
  expect(await writeAmid(1)).toBe(1);
  expect(await writeAmid(2)).toBe(2);
  expect(await writeAmid(3, "replaced", "replaced")).toBe(3);
  expect(await writeAmid(4, "deleted")).toBe(4);
  await store.deleteObjects([key]);
  expect(await read()).toBeUndefined();
});
