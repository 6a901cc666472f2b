import { randomBytes } from "node:crypto";
import { access, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { ContractContext } from "./context.js";
import { bytesOf } from "./read-body.js";

export function testFiles(use: () => ContractContext): void {
  describe("a file", () => {
    it.each([0, 5, 40 * 1024 * 1024 + 7])("of %d bytes becomes an object", async (size) => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}video`;
      const content = randomBytes(size);
      let place = "";
      const write = async (path: string) => {
        place = path;
        await writeFile(path, content);
        expect(await store.headObject(key)).toBeNull();
        return true;
      };
      expect(await store.putFile(key, write, { contentType: "video/mp4" })).toBe(size);
      const object = await store.getObject(key);
      expect(object?.size).toBe(size);
      expect((await bytesOf(object)).equals(content)).toBe(true);
      await expect(access(place)).rejects.toThrow("ENOENT");
      await store.deleteObjects([key]);
      expect(await store.headObject(key)).toBeNull();
    });

    it("that is not wanted any more, or whose writer fails, leaves nothing", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}video`;
      const places: string[] = [];
      const write = async (path: string) => {
        places.push(path);
        await writeFile(path, "half");
        return false;
      };
      expect(await store.putFile(key, write)).toBeNull();
      const fail = async (path: string) => {
        await write(path);
        throw new Error("on purpose");
      };
      await expect(store.putFile(key, fail)).rejects.toThrow("on purpose");
      const stop = new AbortController();
      const writeAndStop = async (path: string) => {
        await write(path);
        stop.abort(new Error("stopped"));
        return true;
      };
      await expect(store.putFile(key, writeAndStop, { signal: stop.signal })).rejects.toThrow(
        "stopped",
      );
      expect(await store.headObject(key)).toBeNull();
      expect(places).toHaveLength(3);
      for (const place of places) await expect(access(place)).rejects.toThrow("ENOENT");
    });

    it("takes the place of an object that is there", async () => {
      const { store, makePrefix } = use();
      const key = `${makePrefix()}video`;
      await store.putObject(key, "the first");
      const write = (path: string) => writeFile(path, "the second").then(() => true);
      expect(await store.putFile(key, write)).toBe(10);
      expect((await bytesOf(await store.getObject(key))).toString()).toBe("the second");
    });
  });
}
