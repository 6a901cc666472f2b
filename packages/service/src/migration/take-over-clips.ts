import { opendir, readFile, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import * as v from "valibot";
import { accountPattern } from "../auth/accounts.js";
import type { Catalog } from "../catalog/catalog.js";
import {
  type Clip,
  type ClipAddress,
  clipStateSchema,
  noStatements,
  notSeen,
  noWishes,
} from "../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../catalog/keys.js";
import type { ClipIds } from "../clips/clip-ids.js";
import { isErrno } from "../errno.js";
import type { ObjectFacts, ObjectStore } from "../store/object-store.js";

/** All clips that are taken over have their files here; later uploads draw another name. */
const version = "taken-over";

const clipsAtOnce = 8;
const files: ClipFile[] = ["thumbnail.jpg", "preview.gif", "content"];
const checksumPattern = /^[0-9a-f]{32}$/;

/** `clip.json` of versions before 0.2. */
const oldClipSchema = v.object({
  ...v.omit(clipStateSchema, ["version", "upload", "status", "createdOn"]).entries,
  status: v.picklist(["pending", "available", "failed"]),
  createdOn: v.string(),
});

export interface TakeOverOptions {
  /** The service's folder. */
  folder: string;
  store: ObjectStore;
  catalog: Catalog;
  ids: ClipIds;
  /** Moves a file to where the store has the object of a key, so that it is there after a crash. */
  moveIn(file: string, key: string): Promise<void>;
  logger: Logger;
}

/**
 * Takes over the clips of a folder that a version before 0.2 has written. No byte is copied. Ending
 * in the middle does no harm, since what is taken over is removed one by one; nor does a second
 * process that does the same. Open uploads are dropped: their clients begin again.
 */
export async function takeOverClips(options: TakeOverOptions): Promise<void> {
  const { folder, logger } = options;
  const objects = path.join(folder, "objects");
  // The last thing that is removed at the end.
  if (!(await isThere(path.join(objects, "ids")))) return;
  logger.info({ folder }, "taking over the clips of an earlier version");
  let taken = 0;
  let failed = 0;
  const clips = findClips(objects);
  const lane = async () => {
    for await (const address of clips) {
      if (await attempt(options, address)) taken += 1;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clipsAtOnce }, lane));
  await dropOpenUploads(path.join(folder, "uploads"));
  if (failed === 0) {
    await rm(path.join(objects, "pending"), { recursive: true, force: true });
    await rm(path.join(objects, "ids"), { recursive: true, force: true });
  }
  logger.info({ folder, taken, failed }, "the clips of an earlier version are taken over");
}

/** Whether it is done. One clip that fails does not end the others; the next start tries it again. */
async function attempt(options: TakeOverOptions, address: ClipAddress): Promise<boolean> {
  try {
    await takeOverClip(options, address);
    return true;
  } catch (error) {
    options.logger.error({ err: error, ...address }, "a clip could not be taken over");
    return false;
  }
}

async function* findClips(objects: string): AsyncGenerator<ClipAddress> {
  for await (const account of foldersIn(objects)) {
    if (!accountPattern.test(account)) continue;
    for await (const asset of foldersIn(path.join(objects, account))) {
      for await (const checksum of foldersIn(path.join(objects, account, asset))) {
        if (checksumPattern.test(checksum)) yield { account, asset, checksum };
      }
    }
  }
}

async function takeOverClip(options: TakeOverOptions, address: ClipAddress): Promise<void> {
  const { folder, catalog, ids, moveIn } = options;
  const place = path.join(folder, "objects", address.account, address.asset, address.checksum);
  const id = ids.of(address);
  const clip = await readOldClip(options, place, id, address);
  if (clip) {
    for (const file of files) {
      const key = fileKey(id, version, file);
      await moveIn(path.join(place, file), key).catch(ignoreMissing);
    }
    await catalog.create(clip);
    await catalog.enter(clip);
    if (clip.status === "pending") await catalog.verifications.add(clip, false);
  }
  await rm(place, { recursive: true, force: true });
  // Of the account and the asset, when this was the last.
  await rmdir(path.dirname(place)).catch(ignoreBusy);
  await rmdir(path.dirname(path.dirname(place))).catch(ignoreBusy);
}

/** `null` where only an upload was open. */
async function readOldClip(
  { logger, store }: TakeOverOptions,
  place: string,
  id: string,
  address: ClipAddress,
): Promise<Clip | null> {
  const file = path.join(place, "clip.json");
  const text = await readFile(file, "utf8").catch(ignoreMissing);
  const parsed = v.safeParse(oldClipSchema, parseJson(text ?? ""));
  if (parsed.success) return { ...parsed.output, id, version, upload: null };
  let content = await factsOf(path.join(place, "content"));
  // An earlier start may have moved the content and ended then. Without a `clip.json` another process
  // has taken over everything.
  if (text !== null) content ??= await store.headObject(fileKey(id, version, "content"));
  if (!content) return null;
  logger.error({ file }, "a damaged clip is verified again");
  return {
    ...{ id, ...address, version, upload: null, status: "pending", reason: null },
    ...{ size: content.size, mime: "video/mp4", filename: null },
    createdOn: content.lastModified.toISOString(),
    ...{ ...notSeen, ...noStatements, ...noWishes },
  };
}

/** An upload of the present version has an `upload.json`, and an old one a file `key`. */
async function dropOpenUploads(uploads: string): Promise<void> {
  for await (const name of foldersIn(uploads)) {
    const upload = path.join(uploads, name);
    if (await isThere(path.join(upload, "key"))) await rm(upload, { recursive: true, force: true });
  }
}

async function* foldersIn(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(ignoreMissing);
  if (!entries) return;
  for await (const entry of entries) if (entry.isDirectory()) yield entry.name;
}

async function factsOf(file: string): Promise<Pick<ObjectFacts, "size" | "lastModified"> | null> {
  const stats = await stat(file).catch(ignoreMissing);
  return stats && { size: stats.size, lastModified: stats.mtime };
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(ignoreMissing)) !== null;
}

function ignoreMissing(error: unknown): null {
  if (isErrno(error, "ENOENT")) return null;
  throw error;
}

function ignoreBusy(error: unknown): null {
  if (isErrno(error, "ENOENT", "ENOTEMPTY", "EEXIST")) return null;
  throw error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
