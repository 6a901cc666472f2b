import { describe, expect, it } from "vitest";
import type { ListOptions, ObjectStore } from "../../src/store/object-store.js";
import type { ContractContext } from "./context.js";

export function testListing(use: () => ContractContext): void {
  describe("a list of objects", () => {
    it("is empty where there is nothing", async () => {
      const { store, makePrefix } = use();
      expect(await store.listObjects(makePrefix())).toEqual({
        objects: [],
        prefixes: [],
        next: null,
      });
    });

    it("is in the order of the keys' bytes, across folders and kinds of objects", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = ["B", "a", "a-b", "a.b", "a0", "b-/x", "b/x", "b/x-", "b0/x", "c/d/e", "c/d0"];
      for (const [index, name] of names.toReversed().entries()) {
        await store.putObject(prefix + name, "x", index % 2 ? { ifNoneMatch: "*" } : {});
      }
      expect(await listNames(store, prefix)).toEqual([[...names].sort()]);
      expect(await listNames(store, prefix, { maxKeys: 3 })).toEqual(
        inGroups([...names].sort(), 3),
      );
    });

    it("begins after any text", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = ["a", "b/a", "b/c", "b/c/d", "c-", "c/a", "d"].filter((name) => name !== "b/c");
      for (const name of names) await store.putObject(prefix + name, "x");
      const listAfter = async (text: string) => {
        const list = await store.listObjects(prefix, { startAfter: prefix + text });
        return list.objects.map(({ key }) => key.slice(prefix.length));
      };
      expect(await listAfter("a")).toEqual(["b/a", "b/c/d", "c-", "c/a", "d"]);
      expect(await listAfter("a0")).toEqual(["b/a", "b/c/d", "c-", "c/a", "d"]);
      expect(await listAfter("b")).toEqual(["b/a", "b/c/d", "c-", "c/a", "d"]);
      expect(await listAfter("b/a")).toEqual(["b/c/d", "c-", "c/a", "d"]);
      expect(await listAfter("b/b")).toEqual(["b/c/d", "c-", "c/a", "d"]);
      expect(await listAfter("b/c/zzz")).toEqual(["c-", "c/a", "d"]);
      expect(await listAfter("b0")).toEqual(["c-", "c/a", "d"]);
      expect(await listAfter("c/")).toEqual(["c/a", "d"]);
      expect(await listAfter("z")).toEqual([]);
    });

    it("takes a prefix that ends within a name", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      for (const name of ["ab", "ab1/x", "ab2/y", "ac"]) await store.putObject(prefix + name, "x");
      expect(await listNames(store, prefix, {}, "ab")).toEqual([["ab", "ab1/x", "ab2/y"]]);
      expect(await listNames(store, prefix, {}, "ab1")).toEqual([["ab1/x"]]);
      expect(await listNames(store, prefix, {}, "ab1/")).toEqual([["ab1/x"]]);
      expect(await listNames(store, prefix, {}, "ab3")).toEqual([[]]);
    });

    it("groups keys by their next segment", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = ["a", "b/1", "b/2", "b/3/4", "c", "d/1", "e/1/2", "f"];
      for (const name of names) await store.putObject(prefix + name, "x");
      const grouped = await store.listObjects(prefix, { delimiter: "/" });
      expect(grouped.objects.map(({ key }) => key.slice(prefix.length))).toEqual(["a", "c", "f"]);
      expect(grouped.prefixes).toEqual(["b/", "d/", "e/"].map((name) => prefix + name));
      expect(grouped.next).toBeNull();
      expect(await listNames(store, prefix, { delimiter: "/" }, "b/")).toEqual([["1", "2", "3/"]]);
    });

    it("comes in pages that count keys and groups, each once", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = ["a", "b/1", "b/2", "c", "d/1", "d/2", "e", "f/1"];
      for (const name of names) await store.putObject(prefix + name, "x");
      for (const maxKeys of [1, 2, 3, 4, 5, 6]) {
        const pages = await listNames(store, prefix, { delimiter: "/", maxKeys });
        expect(pages.flat()).toEqual(["a", "b/", "c", "d/", "e", "f/"]);
        expect(pages.every((page) => page.length <= maxKeys)).toBe(true);
      }
    });

    it("of 1,200 keys comes in three pages", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      const names = Array.from({ length: 1_200 }, (_, index) => String(index).padStart(4, "0"));
      for (const some of inGroups(names, 50)) {
        await Promise.all(some.map((name) => store.putObject(prefix + name, "x")));
      }
      const pages = await listNames(store, prefix, { maxKeys: 500 });
      expect(pages.map((page) => page.length)).toEqual([500, 500, 200]);
      expect(pages.flat()).toEqual(names);
      const whole = await store.listObjects(prefix);
      expect(whole.objects).toHaveLength(1_000);
      expect(whole.next).not.toBeNull();
    });

    it("has no next page after a full last one", async () => {
      const { store, makePrefix } = use();
      const prefix = makePrefix();
      for (const name of ["a", "b", "c", "d"]) await store.putObject(prefix + name, "x");
      expect(await listNames(store, prefix, { maxKeys: 2 })).toEqual([
        ["a", "b"],
        ["c", "d"],
      ]);
    });
  });
}

/** What the pages list, without `prefix` and in the order of the keys' bytes; `within` follows it. */
async function listNames(
  store: ObjectStore,
  prefix: string,
  options: ListOptions = {},
  within = "",
): Promise<string[][]> {
  const pages: string[][] = [];
  let startAfter: string | null = null;
  const start = within.endsWith("/") ? prefix + within : prefix;
  do {
    const from = startAfter === null ? {} : { startAfter };
    const page = await store.listObjects(prefix + within, { ...options, ...from });
    // Each list is in order, so sorting joins them; an unsorted one would show in a later page.
    const keys = page.objects.map(({ key }) => key);
    expect([keys, page.prefixes]).toEqual([[...keys].sort(), [...page.prefixes].sort()]);
    const cut = options.delimiter ? start.length : prefix.length;
    pages.push([...keys, ...page.prefixes].sort().map((key) => key.slice(cut)));
    startAfter = page.next;
  } while (startAfter !== null);
  return pages;
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
