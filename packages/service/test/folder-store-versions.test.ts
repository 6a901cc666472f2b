import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConditionalObjects } from "../src/store/folder/conditional-objects.js";
import { locateFolders } from "../src/store/folder/durable-files.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { textOf } from "./store-contract/read-body.js";

let served: ServedFolderStore;
let now: number;
let versions: string;

beforeEach(async () => {
  now = 1_700_000_000_000;
  served = await serveFolderStore({ now: () => now });
  versions = path.join(served.folder, "objects", "a", "state~");
});

afterEach(() => served.close());

it("only the newest version and the one before it stay", async () => {
  let etag = String(await served.store.putObject("a/state", "0", { ifNoneMatch: "*" }));
  for (let number = 1; number <= 3; number++) {
    etag = String(await served.store.putObject("a/state", `${number}`, { ifMatch: etag }));
  }
  expect(await readdir(versions)).toEqual([2, 3].map((number) => String(now * 1000 + number)));
  expect(await readdir(path.join(served.folder, "temporary"))).toEqual([]);
});

it("a writer that was stopped for long does not win with a number that is free again", async () => {
  const first = Number((await makeState()).match(/\d+/)?.[0]);
  const objects = new ConditionalObjects(locateFolders(served.folder), () => now);
  const seen: (string | null)[] = [];
  const etag = await objects.put(versions, "late", (present) => {
    seen.push(present);
    if (seen.length > 1) return false;
    // What other processes do between the look and the write of this one: three changes.
    const content = readFileSync(path.join(versions, String(first)));
    writeFileSync(path.join(versions, String(first + 3)), content);
    rmSync(path.join(versions, String(first)));
    return true;
  });
  expect(etag).toBeNull();
  expect(seen).toEqual([
    expect.stringContaining(`${first}-`),
    expect.stringContaining(`${first + 3}-`),
  ]);
  expect(await readdir(versions)).toEqual([String(first + 3)]);
});

it("a writer whose version was built upon at once has won all the same", async () => {
  const first = Number((await makeState()).match(/\d+/)?.[0]);
  const objects = new ConditionalObjects(locateFolders(served.folder), () => now);
  const etag = await objects.put(versions, "won", (present) => {
    // As if another process had changed this version before its writer looks again.
    writeFileSync(path.join(versions, String(first + 2)), "content\nbuilt upon it");
    return present?.includes(`${first}-`) ?? false;
  });
  expect(etag).toContain(`${first + 1}-`);
  expect(await textOf(await served.store.getObject("a/state"))).toBe("built upon it");
});

it("a first writer does not win where another has just created the object", async () => {
  const objects = new ConditionalObjects(locateFolders(served.folder), () => now);
  const inner: Promise<string | null>[] = [];
  const etag = await objects.put(versions, "outer", (present) => {
    if (inner.length === 0) {
      now += 1;
      inner.push(served.store.putObject("a/state", "inner", { ifNoneMatch: "*" }));
    }
    return present === null;
  });
  const won = [etag, await inner[0]].filter((found) => found !== null);
  expect(won).toHaveLength(1);
  expect(await served.store.headObject("a/state")).toMatchObject({ etag: won[0] });
});

it("a deletion with a condition is kept for an hour, and then its folder is removed", async () => {
  await served.store.deleteIfMatch("a/state", await makeState());
  now = Date.now() + 59 * 60 * 1000;
  await served.store.removeLeftovers();
  expect(await readdir(versions)).toHaveLength(2);
  expect(await served.store.headObject("a/state")).toBeNull();
  now = Date.now() + 61 * 60 * 1000;
  await served.store.removeLeftovers();
  expect(await readdir(path.join(served.folder, "objects"))).toEqual([]);
  const etag = await served.store.putObject("a/state", "new", { ifNoneMatch: "*" });
  expect(etag).not.toBeNull();
  expect(await textOf(await served.store.getObject("a/state"))).toBe("new");
});

it("a deletion without a condition leaves nothing", async () => {
  await makeState();
  await served.store.deleteObjects(["a/state"]);
  expect(await readdir(path.join(served.folder, "objects"))).toEqual([]);
  expect(await readdir(path.join(served.folder, "temporary"))).toEqual([]);
});

it("an object that is created anew has a higher number than before", async () => {
  const first = await makeState();
  await served.store.deleteObjects(["a/state"]);
  now = Date.now() + 61 * 60 * 1000;
  await served.store.removeLeftovers();
  const second = await makeState();
  expect(Number.parseInt(second.slice(1), 10)).toBeGreaterThan(Number.parseInt(first.slice(1), 10));
  expect(await served.store.putObject("a/state", "x", { ifMatch: first })).toBeNull();
});

it("an old version that a killed process left behind is not read", async () => {
  const etag = await makeState();
  const number = Number.parseInt(etag.slice(1), 10);
  writeFileSync(path.join(versions, String(number - 1)), "content\nold");
  expect(await textOf(await served.store.getObject("a/state"))).toBe("state");
  expect((await served.store.listObjects("a/")).objects).toHaveLength(1);
});

async function makeState(): Promise<string> {
  return String(await served.store.putObject("a/state", "state", { ifNoneMatch: "*" }));
}
