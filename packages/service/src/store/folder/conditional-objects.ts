import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../../errno.js";
import { noteDeletion } from "./deletion-notes.js";
import {
  moveBelow,
  type StoreFolders,
  syncFolder,
  syncFolderBelow,
  writeDurably,
} from "./durable-files.js";
import { nullWhenMissing } from "./file-errors.js";
import type { OpenObjectFile } from "./object-file.js";

/** What a folder of versions ends with; no key can. */
export const versionsSuffix = "~";
/** The first bytes of a version. They have the same length. */
const contentHeader = "content\n";
const deletedHeader = "deleted\n";
const headerSize = contentHeader.length;
const versionPattern = /^\d{1,16}$/;

/** What is in a folder of versions. */
export interface VersionNames {
  /** The numbers of the versions, ascending. */
  versions: number[];
  /** The number that the next version gets; 0 when the folder is missing or empty. */
  next: number;
}

/** The newest version of an object. */
export interface NewestVersion extends OpenObjectFile {
  isDeleted: boolean;
}

/** What a writer finds: the number that it may take, and the ETag of the object if there is one. */
interface Present {
  next: number;
  etag: string | null;
}

/**
 * Objects that are stored with a condition: `objects/<key>~/` is a folder of versions, each a file that
 * is named by its number; the highest is the object. A new version gets the next number by `link`,
 * which fails when another process has taken it: that is the comparison and the exchange in one.
 *
 * A version is a header line and the content. A deletion is a version too, whose header says so, so
 * that it competes with writers for the same number. A file with neither header is damaged: its raw
 * bytes are the content, and it can be replaced or deleted by its ETag like any other.
 */
export class ConditionalObjects {
  readonly #folders: StoreFolders;
  readonly #now: () => number;

  constructor(folders: StoreFolders, now: () => number) {
    this.#folders = folders;
    this.#now = now;
  }

  /** The object, given its folder of versions; `null` where there is none. */
  async open(folder: string): Promise<OpenObjectFile | null> {
    const newest = await openNewest(folder, await readVersions(folder));
    if (!newest?.isDeleted) return newest;
    await newest.handle.close();
    return null;
  }

  /** Stores a version if `allows` accepts the present ETag, and returns the new one. */
  put(
    folder: string,
    content: Uint8Array | string,
    allows: (etag: string | null) => boolean,
  ): Promise<string | null> {
    return this.#add(folder, [contentHeader, content], allows);
  }

  /**
   * The version that says so stays for an hour, since a writer that was stopped meanwhile must not find
   * its number free.
   */
  async deleteIfMatch(folder: string, etag: string): Promise<boolean> {
    await noteDeletion(this.#folders, folder);
    const deleted = await this.#add(folder, [deletedHeader], (present) => present === etag);
    return deleted !== null;
  }

  /**
   * Deletes an object whatever it is, and its folder of versions at once. Where there is none the
   * caller syncs the folder above.
   */
  async delete(folder: string): Promise<void> {
    const { next } = await readPresent(folder);
    if (next === 0) return;
    await this.#add(folder, [deletedHeader], (present) => present !== null);
    await removeDeleted(folder);
  }

  async #add(
    folder: string,
    pieces: (Uint8Array | string)[],
    allows: (etag: string | null) => boolean,
  ): Promise<string | null> {
    for (;;) {
      const present = await readPresent(folder);
      if (!allows(present.etag)) {
        // What the caller concludes from this must not be undone by a power cut.
        await syncFolderBelow(this.#folders.objects, folder);
        await syncFolderBelow(this.#folders.objects, path.dirname(folder));
        return null;
      }
      const etag =
        present.next === 0
          ? await this.#addFirst(folder, pieces)
          : await this.#addNext(folder, present.next, pieces);
      // Without an ETag another process was first: look again at what there is now.
      if (etag !== null) return etag;
    }
  }

  /**
   * Moves a whole folder with one version into place. That fails where a folder with a version is
   * there already, so of several first writers one wins, although each chose a number of its own.
   *
   * The number comes from the time, so that an object that is created anew does not use the numbers
   * again that a process which has been stopped for long may still want to write.
   */
  async #addFirst(folder: string, pieces: (Uint8Array | string)[]): Promise<string | null> {
    const number = Math.floor(this.#now() * 1000);
    const temporary = path.join(this.#folders.temporary, randomUUID());
    await mkdir(temporary);
    try {
      const stats = await writeDurably(path.join(temporary, String(number)), pieces);
      await syncFolder(temporary);
      await moveBelow(this.#folders.objects, folder, () => rename(temporary, folder));
      return etagOf(number, stats);
    } catch (error) {
      if (isErrno(error, "ENOTEMPTY", "EEXIST")) return null;
      throw error;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  async #addNext(
    folder: string,
    number: number,
    pieces: (Uint8Array | string)[],
  ): Promise<string | null> {
    const temporary = path.join(this.#folders.temporary, randomUUID());
    const version = path.join(folder, String(number));
    try {
      const stats = await writeDurably(temporary, pieces);
      if (!(await linkIfAbsent(temporary, version))) return null;
      await syncFolder(folder);
      const { versions } = await readVersions(folder);
      if (versions.some((other) => other > number + 1)) {
        // This process was late: the number had been taken before, and that version removed. With one
        // higher version that cannot be, because the version before the newest stays.
        await rm(version, { force: true });
        return null;
      }
      const old = versions.filter((other) => other < number - 1);
      await removeVersions(folder, old);
      return etagOf(number, stats);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function linkIfAbsent(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    // ENOENT: the object was deleted long ago, and its folder has just been removed.
    if (isErrno(error, "EEXIST", "ENOENT")) return false;
    throw error;
  }
}

/** Reads the names in a folder of versions. */
export async function readVersions(folder: string): Promise<VersionNames> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(nullWhenMissing)) ?? [];
  const named = entries.filter(({ name }) => versionPattern.test(name));
  const versions = named.filter((entry) => entry.isFile()).map(({ name }) => Number(name));
  // A folder that only has files of others cannot be replaced, so there a version is added.
  const highest = named.reduce((number, { name }) => Math.max(number, Number(name)), 0);
  return { versions: versions.sort((a, b) => a - b), next: entries.length === 0 ? 0 : highest + 1 };
}

/** Opens the newest version, also where it says that the object is deleted. */
export async function openNewest(
  folder: string,
  names: VersionNames,
): Promise<NewestVersion | null> {
  for (let { versions } = names; ; { versions } = await readVersions(folder)) {
    const number = versions.at(-1);
    if (number === undefined) return null;
    const file = path.join(folder, String(number));
    const handle = await open(file).catch(nullWhenMissing);
    // A missing file has been replaced since the folder was read.
    if (handle) return inspectVersion(number, file, handle);
  }
}

/** Removes a folder of versions whose newest says that the object is deleted. */
export async function removeDeleted(folder: string): Promise<void> {
  const names = await readVersions(folder);
  const newest = await openNewest(folder, names);
  await newest?.handle.close();
  if (newest && !newest.isDeleted) return;
  await removeVersions(folder, names.versions.slice(0, -1));
  // Otherwise a power cut could bring back a version that was deleted before.
  if (newest) await syncFolder(folder);
  await removeVersions(folder, names.versions.slice(-1));
  try {
    await rmdir(folder);
  } catch (error) {
    // A file of others, or an object that was created in the same moment.
    if (!isErrno(error, "ENOTEMPTY", "EEXIST", "ENOENT")) throw error;
  }
}

async function removeVersions(folder: string, versions: readonly number[]): Promise<void> {
  for (const version of versions) await rm(path.join(folder, String(version)), { force: true });
}

async function inspectVersion(
  number: number,
  file: string,
  handle: FileHandle,
): Promise<NewestVersion> {
  try {
    const stats = await handle.stat({ bigint: true });
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerSize), 0, headerSize, 0);
    const header = buffer.toString("latin1", 0, bytesRead);
    const offset = header === contentHeader ? headerSize : 0;
    return {
      path: file,
      handle,
      stats,
      offset,
      isVersion: true,
      isDeleted: header === deletedHeader,
      size: Number(stats.size) - offset,
      etag: etagOf(number, stats),
      lastModified: stats.mtime,
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readPresent(folder: string): Promise<Present> {
  const names = await readVersions(folder);
  const newest = await openNewest(folder, names);
  if (!newest) return { next: names.next, etag: null };
  await newest.handle.close();
  const next = Number(path.basename(newest.path)) + 1;
  return { next: Math.max(next, names.next), etag: newest.isDeleted ? null : newest.etag };
}

/**
 * The number alone tells versions apart. Size and time are for a folder that was restored from a
 * back-up, where a number can come a second time.
 */
function etagOf(number: number, stats: BigIntStats): string {
  return `"${number}-${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}"`;
}
