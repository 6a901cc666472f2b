import type { Dirent } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import type { ListedObject, ListOptions, ObjectList } from "../object-store.js";
import { openNewest, readVersions, versionsSuffix } from "./conditional-objects.js";
import { nullWhenMissing } from "./file-errors.js";
import { isKey } from "./keys.js";

const listLimit = 1000;
// Of a folder with more entries the first ones are kept, and it is read again for those after them.
const entriesAtOnce = 2 * listLimit;

/** What is looked for in a folder of objects. */
interface Search {
  objects: string;
  prefix: string;
  startAfter: string;
  signal: AbortSignal | undefined;
  keysOnly: boolean;
}

/** An entry of a folder, under the text by which keys are ordered: a folder's ends with `/`. */
interface Entry {
  key: string;
  kind: "file" | "versions" | "folder";
}

/**
 * A page of objects. It reads the folders in which the page's keys are, one after the other, and the
 * facts of the objects that it returns; a folder that lies before `startAfter` is not opened.
 */
export async function listObjects(
  objects: string,
  prefix: string,
  options: ListOptions,
): Promise<ObjectList> {
  const { startAfter = "", maxKeys = listLimit, delimiter, signal, keysOnly = false } = options;
  const limit = Math.min(maxKeys, listLimit);
  const list: ObjectList = { objects: [], prefixes: [], next: null };
  let last: string | null = null;
  const search = { objects, prefix, startAfter, signal, keysOnly };
  for await (const found of walk(search, folderOf(prefix), delimiter === "/")) {
    if (list.objects.length + list.prefixes.length >= limit) return { ...list, next: last };
    if (typeof found === "string") list.prefixes.push(found);
    else list.objects.push(found);
    last = typeof found === "string" ? found : found.key;
  }
  return list;
}

/**
 * The objects of a folder, and of those in it, in the order of their keys. With `isGrouped` a folder
 * comes as its prefix instead, if there is an object in it that matches.
 */
async function* walk(
  search: Search,
  folder: string,
  isGrouped: boolean,
): AsyncGenerator<ListedObject | string> {
  const { objects, startAfter, signal } = search;
  for await (const { key, kind } of readEntries(search, folder)) {
    signal?.throwIfAborted();
    if (kind === "folder") {
      // A page ends with a prefix as well as with a key; the next one begins behind all of it.
      if (isGrouped && key === startAfter) continue;
      const below = walk(search, key, false);
      if (!isGrouped) yield* below;
      else if (!(await below.next()).done) yield key;
      continue;
    }
    const file = path.join(objects, key);
    if (kind === "file" && search.keysOnly) {
      yield { key };
      continue;
    }
    const found = kind === "file" ? await statObject(file) : await readObjectFacts(file);
    if (found) yield { key, ...found };
  }
}

/** The entries of a folder that can lead to a match, in the order of the keys. */
async function* readEntries(search: Search, folder: string): AsyncGenerator<Entry> {
  if (folder !== "" && !isKey(folder.slice(0, -1))) return;
  for (let after: string | null = ""; after !== null; ) {
    const { entries, isCut } = await readSmallest(search, folder, after);
    yield* entries;
    after = isCut ? (entries.at(-1)?.key ?? null) : null;
  }
}

/**
 * The first matching entries behind a key. A folder can have very many: they are read piece by piece,
 * so that other requests have their turn, and never held or sorted all at once.
 */
async function readSmallest(
  search: Search,
  folder: string,
  after: string,
): Promise<{ entries: Entry[]; isCut: boolean }> {
  const { objects, signal } = search;
  const names = await opendir(path.join(objects, folder), { bufferSize: 1024 }).catch(
    nullWhenMissing,
  );
  if (!names) {
    // Where `objects` itself is missing, the list is not empty but unknown.
    await stat(objects);
    return { entries: [], isCut: false };
  }
  let entries: Entry[] = [];
  let isCut = false;
  for await (const name of names) {
    signal?.throwIfAborted();
    const entry = toEntry(folder, name);
    if (!entry || entry.key <= after || !canMatch(search, entry)) continue;
    entries.push(entry);
    if (entries.length < 2 * entriesAtOnce) continue;
    entries = sortByKey(entries).slice(0, entriesAtOnce);
    isCut = true;
  }
  return { entries: sortByKey(entries).slice(0, isCut ? entriesAtOnce : undefined), isCut };
}

function sortByKey(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function canMatch({ prefix, startAfter }: Search, { key, kind }: Entry): boolean {
  if (kind !== "folder") return key.startsWith(prefix) && key > startAfter;
  const isOnTheWay = key.startsWith(prefix) || prefix.startsWith(key);
  return isOnTheWay && (key >= startAfter || startAfter.startsWith(key));
}

/** `null` for what is no part of a key, such as a file that the desktop left there. */
function toEntry(folder: string, entry: Dirent): Entry | null {
  if (entry.isFile()) {
    return isKey(entry.name) ? { key: folder + entry.name, kind: "file" } : null;
  }
  if (!entry.isDirectory()) return null;
  const isObject = entry.name.endsWith(versionsSuffix);
  const name = isObject ? entry.name.slice(0, -versionsSuffix.length) : entry.name;
  if (!isKey(name)) return null;
  return isObject
    ? { key: folder + name, kind: "versions" }
    : { key: `${folder}${name}/`, kind: "folder" };
}

async function statObject(file: string): Promise<Omit<ListedObject, "key"> | null> {
  const stats = await stat(file).catch(nullWhenMissing);
  return stats?.isFile() ? { size: stats.size, lastModified: stats.mtime } : null;
}

async function readObjectFacts(file: string): Promise<Omit<ListedObject, "key"> | null> {
  const folder = file + versionsSuffix;
  const newest = await openNewest(folder, await readVersions(folder));
  if (!newest) return null;
  await newest.handle.close();
  const { isDeleted, size, lastModified } = newest;
  return isDeleted ? null : { size, lastModified };
}

/** A prefix up to its last `/`: the folder in which its keys begin. */
function folderOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf("/") + 1);
}
