import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { ListedObject, ListOptions, ObjectList } from "../object-store.js";
import { openNewest, readVersions, versionsSuffix } from "./conditional-objects.js";
import { nullWhenMissing } from "./file-errors.js";
import { isKey } from "./keys.js";

const listLimit = 1000;

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
  for (const { key, kind } of await readEntries(search, folder)) {
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
async function readEntries(search: Search, folder: string): Promise<Entry[]> {
  const { objects, prefix, startAfter, signal } = search;
  signal?.throwIfAborted();
  if (folder !== "" && !isKey(folder.slice(0, -1))) return [];
  const names = await readdir(path.join(objects, folder), { withFileTypes: true }).catch(
    nullWhenMissing,
  );
  if (!names) {
    // Where `objects` itself is missing, the list is not empty but unknown.
    await stat(objects);
    return [];
  }
  return names
    .flatMap((name) => toEntry(folder, name) ?? [])
    .filter(({ key, kind }) =>
      kind === "folder"
        ? (key.startsWith(prefix) || prefix.startsWith(key)) &&
          (key >= startAfter || startAfter.startsWith(key))
        : key.startsWith(prefix) && key > startAfter,
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));
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
