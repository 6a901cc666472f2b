import { expect, it } from "vitest";
import type { Clip } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { FolderStore } from "../src/index.js";
import { secret } from "./folder-store-secret.js";
import { type InterceptedCalls, interceptStore } from "./intercept-store.js";
import { makeClip, nameOf, start } from "./make-clip.js";
import { makeFolder } from "./start-test-service.js";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

async function openCatalog(intercept: (store: FolderStore) => InterceptedCalls = () => ({})) {
  const clock = { now: start };
  const now = () => clock.now;
  const real = await FolderStore.open(await makeFolder(), secret, { now });
  const store = interceptStore(real, intercept(real));
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  return { catalog, clock, store };
}

/** A store that lists two of everything at a time. */
const inSmallPages = (store: FolderStore): InterceptedCalls => ({
  listObjects: (prefix, options) => store.listObjects(prefix, { ...options, maxKeys: 2 }),
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

it("a state that was made or changed meanwhile takes the place of none", async () => {
  const { catalog } = await openCatalog();
  const clip = makeClip("a");
  const first = await catalog.create(clip);
  expect(first?.state).toEqual(clip);
  expect(await catalog.create({ ...clip, size: 2 })).toBeNull();
  if (!first) return expect.fail("nothing was created");
  const second = await catalog.replace(first, { ...clip, size: 3 });
  expect(second?.state.size).toBe(3);
  // By what was read before the change.
  expect(await catalog.replace(first, { ...clip, size: 4 })).toBeNull();
  await catalog.forget(first);
  expect(await catalog.read(clip.id)).toEqual(second);
  if (second) await catalog.forget(second);
  expect(await catalog.read(clip.id)).toBeNull();
});

it("a name is searched for among the clips of the account", async () => {
  const { catalog } = await openCatalog();
  for (const [letter, filename] of [
    ["a", "Intro.mp4"],
    ["b", "outro.mp4"],
  ] as const) {
    const clip = makeClip(letter, { account: "acc_a", filename });
    await catalog.create(clip);
    await catalog.enter(clip);
  }
  const { clips } = await catalog.search("acc_a", { name: "intro", count: 10, after: null });
  expect(clips.map(({ id }) => id)).toEqual([nameOf("a")]);
});

it("a state stays where the engine cannot delete under a condition", async () => {
  const { catalog } = await openCatalog(() => ({ deleteIfMatch: undefined }));
  const record = await catalog.create(makeClip("a"));
  if (record) await catalog.forget(record);
  expect(await catalog.read(nameOf("a"))).toEqual(record);
});

it("what is entered is listed until it is struck, for its account alone", async () => {
  const { catalog } = await openCatalog();
  const [clip, older] = [makeClip("a"), makeClip("b", { account: "acc_a" })];
  const list = async (account = "acc_a") => {
    const page = { count: 10, page: 1, after: null };
    return (await catalog.list(account, page)).clips.map(({ id }) => id);
  };
  for (const each of [clip, older]) await catalog.create(each);
  await catalog.enter(clip);
  await catalog.reenter(older);
  expect((await list()).sort()).toEqual([clip.id, older.id]);
  expect(await list("acc_b")).toEqual([]);
  expect(await catalog.countOlder("acc_a", start + hour)).toEqual({ count: 2, isAll: true });
  await catalog.strike(clip);
  expect(await list()).toEqual([older.id]);
});

it("all accounts and all ids are gone through, page by page and from where they went on", async () => {
  const { catalog } = await openCatalog(inSmallPages);
  const letters = ["a", "b", "c", "d", "e"];
  for (const letter of letters) {
    const clip = makeClip(letter);
    await catalog.create(clip);
    await catalog.enter(clip);
  }
  expect(await collect(catalog.accounts())).toEqual(letters.map((letter) => `acc_${letter}`));
  expect(await collect(catalog.ids(null))).toEqual(letters.map(nameOf));
  expect(await collect(catalog.ids(nameOf("b")))).toEqual(["c", "d", "e"].map(nameOf));
  expect(await collect(catalog.ids(nameOf("e")))).toEqual([]);
});

it("work is made again for what waits, and not before its process has had the time", async () => {
  const { catalog, clock } = await openCatalog();
  const work = async () => [await catalog.verifications.count(), await catalog.renditions.count()];
  const clip = makeClip("a");
  clock.now += 9_999;
  await catalog.restoreWork(clip);
  expect(await work()).toEqual([0, 0]);
  clock.now += 1;
  const playback = { kind: "waiting", reason: "Browsers do not play it." } as Clip["playback"];
  await catalog.restoreWork(makeClip("b", { status: "available" }));
  await catalog.restoreWork(makeClip("c", { status: "failed", playback }));
  expect(await work()).toEqual([0, 0]);
  await catalog.restoreWork(clip);
  expect(await work()).toEqual([1, 0]);
  await catalog.restoreWork(makeClip("d", { status: "available", playback }));
  expect(await work()).toEqual([1, 1]);
});

it("reminders are due from the day after theirs, until they are dropped", async () => {
  const { catalog, clock } = await openCatalog(inSmallPages);
  for (const letter of ["a", "b", "c"]) await catalog.remind(nameOf(letter), start);
  await catalog.remind(nameOf("d"), start + 5 * day);
  expect(await collect(catalog.dueReminders())).toEqual([]);
  clock.now += day;
  const due = await collect(catalog.dueReminders());
  expect(due.map(({ id }) => id)).toEqual(["a", "b", "c"].map(nameOf));
  await catalog.dropReminders(due.slice(0, 2));
  expect((await collect(catalog.dueReminders())).map(({ id }) => id)).toEqual([nameOf("c")]);
});
