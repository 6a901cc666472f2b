import { describe, expect, it } from "vitest";
import type { ContractContext } from "./context.js";
import { textOf } from "./read-body.js";

const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);

export function testConditions(use: () => ContractContext): void {
  describe("an object with a condition", () => {
    it("is created once by eight writers", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}state`;
      const etags = await Promise.all(
        writers.map((writer) => store.putObject(key, writer, { ifNoneMatch: "*" })),
      );
      const won = etags.filter((etag) => etag !== null);
      expect(won).toHaveLength(1);
      const object = await store.getObject(key);
      expect(object?.etag).toBe(won[0]);
      expect(await textOf(object)).toBe(writers[etags.findIndex((etag) => etag !== null)]);
    });

    it("is changed once by eight writers that have read the same", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}state`;
      let present = await store.putObject(key, "start", { ifNoneMatch: "*" });
      for (let round = 0; round < 5; round++) {
        const ifMatch = String(present);
        const etags = await Promise.all(
          writers.map((writer) => store.putObject(key, `${round} ${writer}`, { ifMatch })),
        );
        expect(etags.filter((etag) => etag !== null)).toHaveLength(1);
        const winner = etags.findIndex((etag) => etag !== null);
        present = etags[winner] ?? null;
        const object = await store.getObject(key);
        expect([object?.etag, await textOf(object)]).toEqual([
          present,
          `${round} ${writers[winner]}`,
        ]);
      }
    });

    it("is not changed with an old ETag, nor created with one", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const key = `${prefix}state`;
      const first = String(await store.putObject(key, "1", { ifNoneMatch: "*" }));
      const second = String(await store.putObject(key, "2", { ifMatch: first }));
      expect(second).toMatch(/^".+"$/);
      expect(second).not.toBe(first);
      expect(await store.putObject(key, "3", { ifMatch: first })).toBeNull();
      expect(await store.putObject(key, "3", { ifNoneMatch: "*" })).toBeNull();
      expect(await textOf(await store.getObject(key))).toBe("2");
      expect(await store.headObject(key)).toMatchObject({ etag: second, size: 1 });
      expect(await store.putObject(`${prefix}none`, "3", { ifMatch: second })).toBeNull();
      expect(await store.headObject(`${prefix}none`)).toBeNull();
    });

    it("can be empty, and is read in ranges", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}state`;
      const empty = String(await store.putObject(key, "", { ifNoneMatch: "*" }));
      expect(await store.headObject(key)).toMatchObject({ size: 0, etag: empty });
      expect(await textOf(await store.getObject(key))).toBe("");
      await store.putObject(key, "0123456789", { ifMatch: empty });
      const range = await store.getObject(key, { range: { start: 3, end: 5 } });
      expect([range?.size, await textOf(range)]).toEqual([10, "345"]);
    });

    it("is deleted, created anew, and safe from an ETag of before", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}state`;
      const first = String(await store.putObject(key, "1", { ifNoneMatch: "*" }));
      await store.deleteObjects([key]);
      expect(await store.getObject(key)).toBeNull();
      expect(await store.headObject(key)).toBeNull();
      expect(await store.putObject(key, "2", { ifMatch: first })).toBeNull();
      const second = String(await store.putObject(key, "other", { ifNoneMatch: "*" }));
      expect(second).not.toBe(first);
      expect(await store.putObject(key, "3", { ifMatch: first })).toBeNull();
      expect(await textOf(await store.getObject(key))).toBe("other");
    });

    it("is created once by eight writers after it was deleted", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}state`;
      await store.putObject(key, "old", { ifNoneMatch: "*" });
      await store.deleteObjects([key]);
      const etags = await Promise.all(
        writers.map((writer) => store.putObject(key, writer, { ifNoneMatch: "*" })),
      );
      expect(etags.filter((etag) => etag !== null)).toHaveLength(1);
    });

    it("is listed as one object, and not when it is deleted", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const etag = String(await store.putObject(`${prefix}b`, "1", { ifNoneMatch: "*" }));
      await store.putObject(`${prefix}b`, "twelve", { ifMatch: etag });
      await store.putObject(`${prefix}c`, "1", { ifNoneMatch: "*" });
      await store.putObject(`${prefix}d/e`, "1", { ifNoneMatch: "*" });
      await store.deleteObjects([`${prefix}c`, `${prefix}d/e`]);
      expect(await store.listObjects(prefix)).toEqual({
        objects: [{ key: `${prefix}b`, size: 6, lastModified: expect.any(Date) }],
        prefixes: [],
        next: null,
      });
      expect((await store.listObjects(prefix, { delimiter: "/" })).prefixes).toEqual([]);
    });
  });

  describe("deleting with a condition", () => {
    it("is offered where the engine honours it, and then happens once", async () => {
      const { store, makePrefix } = use();
      expect(store.deleteIfMatch !== undefined).toBe(store.capabilities.conditionalDelete);
      if (!store.deleteIfMatch) return;
      const key = `${makePrefix()}state`;
      const first = String(await store.putObject(key, "1", { ifNoneMatch: "*" }));
      const second = String(await store.putObject(key, "2", { ifMatch: first }));
      expect(await store.deleteIfMatch(key, first)).toBe(false);
      expect(await textOf(await store.getObject(key))).toBe("2");
      const remove = store.deleteIfMatch.bind(store, key, second);
      const deleted = await Promise.all(writers.map(() => remove()));
      expect(deleted.filter((isDeleted) => isDeleted)).toHaveLength(1);
      expect(await store.headObject(key)).toBeNull();
      expect(await store.deleteIfMatch(key, second)).toBe(false);
    });

    it("and changing exclude each other", async () => {
      const { store, makePrefix } = use();
      if (!store.deleteIfMatch) return;
      const key = `${makePrefix()}state`;
      const present = String(await store.putObject(key, "1", { ifNoneMatch: "*" }));
      const [deleted, changed] = await Promise.all([
        store.deleteIfMatch(key, present),
        store.putObject(key, "2", { ifMatch: present }),
      ]);
      expect(deleted).toBe(changed === null);
      expect(await textOf(await store.getObject(key))).toBe(deleted ? null : "2");
    });
  });
}
