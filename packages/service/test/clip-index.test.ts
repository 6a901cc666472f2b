import { expect, it } from "vitest";
import type { ClipRecord } from "../src/catalog/catalog.js";
import { ClipIndex, isCursor } from "../src/catalog/clip-index.js";
import { type Clip, noStatements, notSeen, noWishes } from "../src/catalog/clip-state.js";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { secret } from "./folder-store-secret.js";
import { type InterceptedCalls, interceptStore } from "./intercept-store.js";
import { makeFolder } from "./start-test-service.js";

const start = Date.parse("2026-11-29T12:00:00.000Z");
const day = 24 * 60 * 60 * 1000;
const account = "acc_a";
/** The id of the clip that is so many milliseconds older than the newest. */
const idOf = (age: number) => String(age).padStart(24, "0");

function makeClip(age: number, filename: string | null = null): Clip {
  return {
    ...{ id: idOf(age), account, asset: "videoclip", checksum: "0".repeat(32), status: "pending" },
    ...{ reason: null, version: "v", upload: null, size: 1, mime: "video/mp4", filename },
    createdOn: new Date(start - age).toISOString(),
    ...{ ...notSeen, ...noStatements, ...noWishes },
  };
}

/** A list of clips, the newest first, with calls of its store that can be others. */
async function openIndex(clips: readonly Clip[]) {
  const clock = { now: start };
  const states = new Map<string, ClipRecord>();
  const calls: InterceptedCalls = {};
  const store = await FolderStore.open(await makeFolder(), secret);
  const index = new ClipIndex(
    interceptStore(store, calls),
    async (id) => states.get(id) ?? null,
    () => clock.now,
  );
  for (const clip of clips) {
    states.set(clip.id, { state: clip, etag: "" });
    await index.enter(clip);
  }
  const countEntries = async () => (await store.listObjects("index/")).objects.length;
  return { index, store, clock, states, calls, countEntries };
}

const many = (count: number) => Array.from({ length: count }, (_, age) => makeClip(age));
const idsOf = (clips: readonly Clip[]) => clips.map(({ id }) => id);

it("pages by number and by cursor have all clips, the newest first", async () => {
  const clips = many(7);
  const { index } = await openIndex(clips);
  for (const count of [1, 3, 7, 8]) {
    const byNumber: string[] = [];
    const byCursor: string[] = [];
    let after: string | null = null;
    for (let page = 1; page <= Math.ceil(7 / count); page += 1) {
      const numbered = await index.list(account, { count, page, after: null });
      expect(numbered.total).toBe(7);
      byNumber.push(...idsOf(numbered.clips));
      const next = await index.list(account, { count, page: 1, after });
      expect(next.total).toBe(page === 1 ? 7 : null);
      expect(next.next).toBe(numbered.next);
      byCursor.push(...idsOf(next.clips));
      after = next.next;
    }
    expect([byNumber, byCursor, after]).toEqual([idsOf(clips), idsOf(clips), null]);
  }
  const beyond = await index.list(account, { count: 3, page: 4, after: null });
  expect(beyond).toEqual({ clips: [], next: null, total: 7 });
  expect(await index.list("acc_b", { count: 3, page: 1, after: null })).toMatchObject({ total: 0 });
});

it("a list that one request does not show whole has no total", async () => {
  const { index, store, calls } = await openIndex(many(5));
  calls.listObjects = (prefix, options) => store.listObjects(prefix, { ...options, maxKeys: 2 });
  const page = await index.list(account, { count: 3, page: 1, after: null });
  expect([page.clips.length, page.total]).toEqual([3, null]);
  const { clips, next } = await index.list(account, { count: 3, page: 2, after: null });
  expect([idsOf(clips), next]).toEqual([[idOf(3), idOf(4)], null]);
});

it("entries without their clip are left out, and the page is filled with those after it", async () => {
  const { index, states, clock, countEntries } = await openIndex(many(8));
  states.delete(idOf(0));
  states.set(idOf(2), { state: { ...makeClip(2), status: "deleted" }, etag: "" });
  states.set(idOf(3), { state: { ...makeClip(3), account: "acc_b" }, etag: "" });
  // The same content was uploaded again, and has another entry.
  states.set(idOf(5), {
    state: { ...makeClip(5), createdOn: new Date(0).toISOString() },
    etag: "",
  });
  const list = async (count: number) => index.list(account, { count, page: 1, after: null });
  const first = await list(3);
  expect(idsOf(first.clips)).toEqual([1, 4, 6].map(idOf));
  const rest = await index.list(account, { count: 3, page: 1, after: first.next });
  expect([idsOf(rest.clips), rest.next]).toEqual([[idOf(7)], null]);
  expect(idsOf((await list(8)).clips)).toEqual([1, 4, 6, 7].map(idOf));
  // One of this day may be of a clip that is recorded at this moment.
  clock.now = start - 5 + day;
  await list(8);
  expect(await countEntries()).toBe(8);
  clock.now += 1;
  await list(8);
  expect(await countEntries()).toBe(7);
  clock.now += day;
  expect(idsOf((await list(8)).clips)).toEqual([1, 4, 6, 7].map(idOf));
  expect(await countEntries()).toBe(4);
});

it("a list is right where old entries cannot be deleted", async () => {
  const { index, states, clock, calls, countEntries } = await openIndex(many(2));
  states.delete(idOf(0));
  clock.now += 2 * day;
  calls.deleteObjects = async () => {
    throw new Error("The disk is full.");
  };
  const { clips } = await index.list(account, { count: 2, page: 1, after: null });
  expect([idsOf(clips), await countEntries()]).toEqual([[idOf(1)], 2]);
});

it("a clip is entered again only where it is missing", async () => {
  const [clip] = many(1);
  if (!clip) return expect.fail();
  const { index, calls, store, countEntries } = await openIndex([clip]);
  let written = 0;
  calls.putObject = (...request) => {
    written += 1;
    return store.putObject(...request);
  };
  await index.reenter(clip);
  expect(written).toBe(0);
  await index.strike(account, clip);
  expect(await countEntries()).toBe(0);
  await index.reenter(clip);
  expect([written, await countEntries()]).toEqual([1, 1]);
});

it("clips are older than a time where they were made before it", async () => {
  const { index, store, calls } = await openIndex(many(4));
  const count = (time: number) => index.countOlder(account, time);
  expect(await count(start - 1)).toEqual({ count: 2, isAll: true });
  expect(await count(start + 1)).toEqual({ count: 4, isAll: true });
  expect(await count(start - 3)).toEqual({ count: 0, isAll: true });
  expect(await count(-day)).toEqual({ count: 0, isAll: true });
  calls.listObjects = (prefix, options) => store.listObjects(prefix, { ...options, maxKeys: 3 });
  expect(await count(start + 1)).toEqual({ count: 3, isAll: false });
});

it("a search finds each clip with the name once, whatever the page is", async () => {
  const clips = Array.from({ length: 40 }, (_, age) => {
    const name = age % 3 === 0 ? `Take ${age}.mp4` : "other.mp4";
    return makeClip(age, age % 6 === 1 ? null : name);
  });
  const { index } = await openIndex(clips);
  const wanted = idsOf(clips.filter(({ filename }) => filename?.startsWith("Take")));
  for (const count of [1, 2, 5, 14, 15]) {
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page = await index.search(account, { name: "take", count, after });
      expect([page.total, page.clips.length <= count]).toEqual([null, true]);
      found.push(...idsOf(page.clips));
      after = page.next;
    } while (after !== null);
    expect(found).toEqual(wanted);
  }
});

it("a search looks at 200 clips, and says where it has got to", async () => {
  const clips = many(202).map((clip, age) => (age < 200 ? clip : makeClip(age, "take.mp4")));
  const { index } = await openIndex(clips);
  const search = (after: string | null) => index.search(account, { name: "take", count: 1, after });
  const first = await search(null);
  expect(first).toEqual({ clips: [], next: expect.stringContaining(idOf(199)), total: null });
  const second = await search(first.next);
  expect(idsOf(second.clips)).toEqual([idOf(200)]);
  const third = await search(second.next);
  expect([idsOf(third.clips), third.next]).toEqual([[idOf(201)], null]);
});

it.each([
  ["2026-11-29T12:00:00.000Z,000000000000000000000001", true],
  ["2026-11-29T12:00:00.000Z,a-b_000000000000000000ZZ", true],
  ["2026-13-29T12:00:00.000Z,000000000000000000000001", false],
  ["2026-11-29T12:00:00.000Z,00000000000000000000001", false],
  ["2026-11-29T12:00:00.000Z,0000000000000000000000001", false],
  ["2026-11-29T12:00:00Z,000000000000000000000001", false],
  ["2026-11-29T12:00:00.000Z", false],
  [" 2026-11-29T12:00:00.000Z,000000000000000000000001", false],
  ["", false],
])("%j is a cursor: %s", (text, expected) => {
  expect(isCursor(text)).toBe(expected);
});

it("a page is filled with as many as clips are gone, and the last one says that it is the last", async () => {
  const clips = many(8);
  const { index, states } = await openIndex(clips);
  for (const gone of [0, 1, 2]) states.delete(idOf(gone));
  const first = await index.list(account, { count: 4, page: 1, after: null });
  expect(idsOf(first.clips)).toEqual(idsOf(clips.slice(3, 7)));
  const second = await index.list(account, { count: 4, page: 1, after: first.next });
  expect([idsOf(second.clips), second.next]).toEqual([[idOf(7)], null]);
  states.delete(idOf(3));
  // Filled up to the very end.
  const whole = await index.list(account, { count: 4, page: 1, after: null });
  expect([idsOf(whole.clips), whole.next]).toEqual([idsOf(clips.slice(4)), null]);
});

it("a search that is read in several steps has no more clips than were asked for", async () => {
  const isNamed = (age: number) => age === 0 || age > 60;
  const clips = Array.from({ length: 70 }, (_, age) =>
    makeClip(age, isNamed(age) ? "intro.mp4" : "other.mp4"),
  );
  const { index } = await openIndex(clips);
  const found = await index.search(account, { name: "intro", count: 3, after: null });
  expect(idsOf(found.clips)).toEqual([idOf(0), idOf(61), idOf(62)]);
  const rest = await index.search(account, { name: "intro", count: 9, after: found.next });
  expect([idsOf(rest.clips), rest.next]).toEqual([[63, 64, 65, 66, 67, 68, 69].map(idOf), null]);
});
