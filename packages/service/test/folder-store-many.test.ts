import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ListOptions } from "../src/index.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";

// More than a page reads at once of one folder, so that it is read several times.
const count = 9_000;

let served: ServedFolderStore;

beforeEach(async () => {
  served = await serveFolderStore();
});

afterEach(() => served.close());

function nameOf(index: number): string {
  return String((index * 7_919) % count).padStart(5, "0");
}

/** What all pages hold, and how many there are. */
async function listAll(prefix: string, options: ListOptions): Promise<[string[], number]> {
  const keys: string[] = [];
  let pages = 0;
  for (let startAfter = options.startAfter ?? ""; ; ) {
    const page = await served.store.listObjects(prefix, { ...options, startAfter });
    keys.push(...page.objects.map(({ key }) => key), ...page.prefixes);
    pages += 1;
    if (page.next === null) return [keys, pages];
    startAfter = page.next;
  }
}

it("the objects of a large folder come in order, each once", async () => {
  const folder = path.join(served.folder, "objects", "many");
  mkdirSync(folder);
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  for (const name of names) writeFileSync(path.join(folder, name), "");
  const keys = names.toSorted().map((name) => `many/${name}`);
  expect(await listAll("many/", { keysOnly: true })).toEqual([keys, 9]);
  const startAfter = keys.at(4_321) ?? "";
  expect(await listAll("many/", { keysOnly: true, startAfter })).toEqual([keys.slice(4_322), 5]);
});

it("the folders in a large folder come in order, each once, and empty ones do not", async () => {
  const folder = path.join(served.folder, "objects", "many");
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  for (const [index, name] of names.entries()) {
    mkdirSync(path.join(folder, name), { recursive: true });
    // Only every third has an object: a page then needs more entries than it returns.
    if (index % 3 === 0) writeFileSync(path.join(folder, name, "object"), "");
  }
  const full = names.filter((_, index) => index % 3 === 0).toSorted();
  const [prefixes] = await listAll("many/", { delimiter: "/" });
  expect(prefixes).toEqual(full.map((name) => `many/${name}/`));
});
