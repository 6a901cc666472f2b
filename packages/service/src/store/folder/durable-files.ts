import type { BigIntStats, Stats } from "node:fs";
import { mkdir, open, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../../errno.js";

/*
 * Files and names that survive a power cut. write-file-atomic was looked at for this: it syncs the
 * file but never the folder, so the new name itself can be lost after it has answered. It also knows
 * neither hard links, on which the conditions of an object stand, nor folders that vanish meanwhile.
 */

/** The folders of a store. */
export interface StoreFolders {
  /** What the operator named; the others are in it. */
  root: string;
  objects: string;
  uploads: string;
  /** Files and folders that are not complete yet, or are being deleted. */
  temporary: string;
}

// Clips and hashed passwords are read by the service alone.
export const ownerOnly = 0o600;

/** More often than this a folder does not vanish by chance between two calls. */
const maxAttempts = 100;

export function locateFolders(root: string): StoreFolders {
  const below = (name: string) => path.join(root, name);
  return {
    root,
    objects: below("objects"),
    uploads: below("uploads"),
    temporary: below("temporary"),
  };
}

/** Creates the folders of a store. Only here are folders created that lie above `objects`. */
export async function createStoreFolders(folders: StoreFolders): Promise<void> {
  for (const folder of [folders.objects, folders.uploads, folders.temporary]) {
    await createFolder(folder);
  }
}

/** Creates a folder with those above it, and puts their names on disk. */
export async function createFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
    await syncFolder(path.dirname(made));
  }
}

/** Writes a new file and returns its facts once the bytes are on disk. */
export async function writeDurably(
  file: string,
  pieces: readonly (Uint8Array | string)[],
): Promise<BigIntStats> {
  const handle = await open(file, "wx", ownerOnly);
  try {
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
    return await handle.stat({ bigint: true });
  } finally {
    await handle.close();
  }
}

/** Puts on disk what another program has written, as a file that nobody else can read. */
export async function syncFile(file: string): Promise<Stats> {
  const handle = await open(file, "r+");
  try {
    await handle.chmod(ownerOnly);
    await handle.sync();
    return await handle.stat();
  } finally {
    await handle.close();
  }
}

/** Puts on disk which names a folder has. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot sync a folder; NTFS keeps names in its journal.
  if (process.platform === "win32") return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts on disk which names a folder below `root` has. Where the folder has been deleted meanwhile,
 * this puts its deletion on disk, and with it that of everything in it.
 */
export async function syncFolderBelow(root: string, folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    if (folder === root || !isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    await syncFolderBelow(root, path.dirname(folder));
  }
}

/**
 * Moves something to a path below `root`, creates the folders that it needs there, and puts the new
 * name on disk. It tries again where another process removes an empty folder meanwhile. `root` itself
 * is never created: when it is missing, the disk is probably not mounted.
 */
export async function moveBelow(
  root: string,
  target: string,
  move: () => Promise<void>,
): Promise<void> {
  const parent = path.dirname(target);
  for (let attempt = 1; ; attempt++) {
    try {
      await move();
      break;
    } catch (error) {
      if (!isErrno(error, "ENOENT") || attempt === maxAttempts) throw error;
      await makeFolders(root, parent);
    }
  }
  await syncFolderBelow(root, parent);
}

/** Removes a folder below `root` and those above it, as far as they are empty. */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; empty !== root; empty = path.dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      // Most often it is not empty. Whatever it is, an empty folder more does no harm.
      if (!isErrno(error, "ENOENT")) return;
    }
  }
}

async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === root) {
    await stat(root);
    return;
  }
  try {
    await mkdir(folder);
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      await makeFolders(root, path.dirname(folder));
      return;
    }
    // Another process has just made it, and perhaps not put it on disk yet.
    if (!isErrno(error, "EEXIST")) throw error;
  }
  await syncFolderBelow(root, path.dirname(folder));
}
