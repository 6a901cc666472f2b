import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ContractContext } from "./context.js";
import { bytesOf, textOf } from "./read-body.js";

const MiB = 1024 * 1024;

export function testObjects(use: () => ContractContext): void {
  describe("an object", () => {
    it("is put, replaced and deleted", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}b`;
      expect(await store.getObject(key)).toBeNull();
      expect(await store.headObject(key)).toBeNull();
      const first = await store.putObject(key, "first");
      const second = await store.putObject(key, Buffer.from("second one"));
      expect([first, second]).toEqual([expect.stringMatching(/^".+"$/), expect.any(String)]);
      expect(second).not.toBe(first);
      const facts = { size: 10, etag: second, lastModified: expect.any(Date) };
      expect(await store.headObject(key)).toEqual(facts);
      const object = await store.getObject(key);
      expect(object).toMatchObject(facts);
      expect(await textOf(object)).toBe("second one");
      await store.deleteObjects([key]);
      await store.deleteObjects([key]);
      expect(await store.getObject(key)).toBeNull();
      expect(await store.headObject(key)).toBeNull();
    });

    it("can be empty", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      await store.putObject(`${prefix}empty`, "");
      expect(await textOf(await store.getObject(`${prefix}empty`))).toBe("");
      expect(await store.headObject(`${prefix}empty`)).toMatchObject({ size: 0 });
      const { objects } = await store.listObjects(prefix);
      expect(objects).toEqual([{ key: `${prefix}empty`, size: 0, lastModified: expect.any(Date) }]);
    });

    it("is read in ranges, which end with it", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}ranges`;
      await store.putObject(key, "0123456789");
      const read = async (start: number, end: number) => {
        const object = await store.getObject(key, { range: { start, end } });
        return [object?.size, await textOf(object)];
      };
      expect(await read(0, 0)).toEqual([10, "0"]);
      expect(await read(2, 4)).toEqual([10, "234"]);
      expect(await read(7, 9)).toEqual([10, "789"]);
      expect(await read(7, 1_000)).toEqual([10, "789"]);
    });

    it("comes back byte for byte when it is large, whole and in a range", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}large`;
      const content = randomBytes(3 * MiB + 17);
      await store.putObject(key, content);
      expect((await bytesOf(await store.getObject(key))).equals(content)).toBe(true);
      const range = { start: MiB - 5, end: 3 * MiB + 2 };
      const part = await bytesOf(await store.getObject(key, { range }));
      expect(part.equals(content.subarray(range.start, range.end + 1))).toBe(true);
    });

    it("can have every character of a key, and a long name", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = ["-", "_", "A.b-C_9", "a..b", "x.tmp", `${"n".repeat(200)}.json`, "0/1/2/3/4"];
      const keys = names.map((name) => prefix + name).sort();
      for (const key of keys) await store.putObject(key, key);
      for (const key of keys) expect(await textOf(await store.getObject(key))).toBe(key);
      const { objects } = await store.listObjects(prefix);
      expect(objects.map(({ key }) => key)).toEqual(keys);
      await store.deleteObjects(keys);
      expect((await store.listObjects(prefix)).objects).toEqual([]);
    });

    it("is read from a URL, where the store gives one out", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}shared`;
      await store.putObject(key, "shared");
      const canSign = store.presignGet !== undefined;
      // Either clients read from the engine, or the service sends the bytes of a file of its own.
      expect(canSign).toBe(store.uploadPart === undefined);
      if (!store.presignGet) return;
      const url = await store.presignGet(key, {
        expires: Math.floor(Date.now() / 1000) + 600,
        contentType: "video/mp4",
        contentDisposition: 'attachment; filename="a b.mp4"',
        cacheControl: "private, max-age=60",
      });
      const response = await fetch(url);
      expect([response.status, await response.text()]).toEqual([200, "shared"]);
      expect(response.headers.get("content-type")).toBe("video/mp4");
      expect(response.headers.get("content-disposition")).toBe('attachment; filename="a b.mp4"');
      expect(response.headers.get("cache-control")).toBe("private, max-age=60");
      expect((await fetch(url.replace(/shared/, "other"))).status).toBe(403);
    });
  });

  describe("deleting", () => {
    it("takes 1,100 keys, stored either way, and those where there is no object", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const keys = Array.from({ length: 1_100 }, (_, index) => `${prefix}${index % 7}/${index}`);
      for (const [index, key] of keys.entries()) {
        if (index % 10 === 0) await store.putObject(key, "x");
        if (index % 100 === 1) await store.putObject(key, "x", { ifNoneMatch: "*" });
      }
      await store.putObject(`${prefix}kept`, "x");
      await store.deleteObjects(keys);
      const { objects } = await store.listObjects(prefix);
      expect(objects.map(({ key }) => key)).toEqual([`${prefix}kept`]);
      for (const key of keys.slice(0, 2)) expect(await store.headObject(key)).toBeNull();
    });

    it("does nothing without keys", async () => {
      const { store } = use();
      await store.deleteObjects([]);
    });
  });

  describe("a call with a signal", () => {
    it("ends with the reason of one that is aborted already", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}aborted`;
      await store.putObject(key, "x");
      const reason = new Error("no longer wanted");
      const signal = AbortSignal.abort(reason);
      await expect(store.getObject(key, { signal })).rejects.toBe(reason);
      await expect(store.headObject(key, { signal })).rejects.toBe(reason);
      await expect(store.listObjects("contract/", { signal })).rejects.toBe(reason);
      await expect(store.listMultipartUploads("contract/", { signal })).rejects.toBe(reason);
    });

    it("breaks off a body that is being read", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}long`;
      await store.putObject(key, Buffer.alloc(6 * MiB, "x"));
      const controller = new AbortController();
      const object = await store.getObject(key, { signal: controller.signal });
      const reader = object?.body.getReader();
      expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
      const reason = new Error("no longer wanted");
      controller.abort(reason);
      const readOn = async () => {
        while (!(await reader?.read())?.done);
      };
      await expect(readOn()).rejects.toBe(reason);
    });
  });

  describe("the store", () => {
    it("answers a check", async () => {
      const { store } = use();
      await store.check();
    });

    it("keeps its objects when leftovers are removed", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      await store.putObject(`${prefix}plain`, "plain");
      await store.putObject(`${prefix}conditional`, "conditional", { ifNoneMatch: "*" });
      await store.removeLeftovers?.();
      expect(await textOf(await store.getObject(`${prefix}plain`))).toBe("plain");
      expect(await textOf(await store.getObject(`${prefix}conditional`))).toBe("conditional");
    });
  });
}
