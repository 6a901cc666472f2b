import { constants } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { isErrno } from "../../errno.js";
import type { CompletedPart, StoredPart, UploadLayout } from "../object-store.js";
import { StoreError } from "../store-error.js";
import { syncFolder } from "./durable-files.js";
import { nullWhenMissing } from "./file-errors.js";
import { decodeSlots, hasReplacement } from "./part-slots.js";

// Milliseconds, between two looks and in all: a process may have ended in the middle.
const replacementPause = 20;
const replacementTime = 2_000;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const factsSchema = v.object({
  key: v.string(),
  size: count,
  partSize: v.pipe(count, v.minValue(1)),
  contentType: v.string(),
});

/** What `upload.json` says about an upload. */
type UploadFacts = v.InferOutput<typeof factsSchema>;

/** The files of one open upload. */
export interface UploadFolder extends UploadFacts {
  folder: string;
  initiated: Date;
}

export const uploadIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The part's bytes, each at its offset. Without this file the upload is completed or aborted. */
export function contentFile(folder: string): string {
  return path.join(folder, "content");
}

export function factsFile(folder: string): string {
  return path.join(folder, "upload.json");
}

function slotsFile(folder: string): string {
  return path.join(folder, "parts");
}

export function encodeFacts(key: string, { size, partSize, contentType }: UploadLayout): string {
  return JSON.stringify({ key, size, partSize, contentType } satisfies UploadFacts);
}

/** An upload; `null` where there is none, `"damaged"` where `upload.json` cannot be understood. */
export async function readUploadFolder(folder: string): Promise<UploadFolder | "damaged" | null> {
  const [content, text, stats] = await Promise.all([
    stat(contentFile(folder)).catch(nullWhenMissing),
    readFile(factsFile(folder), "utf8").catch(nullWhenOdd),
    stat(factsFile(folder)).catch(nullWhenMissing),
  ]);
  if (!content?.isFile()) return null;
  if (text === null || !stats) return "damaged";
  const facts = v.safeParse(v.pipe(v.string(), v.parseJson(), factsSchema), text);
  return facts.success ? { ...facts.output, folder, initiated: stats.mtime } : "damaged";
}

/** How many parts an upload has. An empty one has an empty part. */
export function countParts({ size, partSize }: UploadLayout): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/** Bytes of one part. */
export function partLength({ size, partSize }: UploadLayout, partNumber: number): number {
  return Math.min(partSize, size - (partNumber - 1) * partSize);
}

/** Opens the slots for reading and writing. Creates the file with the first part. */
export async function openSlots(folder: string): Promise<FileHandle> {
  const handle = await open(slotsFile(folder), constants.O_RDWR | constants.O_CREAT);
  try {
    if ((await handle.stat()).size === 0) await syncFolder(folder);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What says which parts are stored. */
export interface PartsOnDisk {
  slots: Buffer;
  /** Bytes. */
  contentSize: number;
}

/** @param content where the content is now */
async function readOnDisk(
  upload: UploadFolder,
  content = contentFile(upload.folder),
): Promise<PartsOnDisk> {
  // In this order: the bytes of a part are there before its slot says so.
  const slots = (await readFile(slotsFile(upload.folder)).catch(nullWhenOdd)) ?? Buffer.alloc(0);
  return { slots, contentSize: (await stat(content)).size };
}

/**
 * Waits while another process puts bytes in place that it has in full, as when two clients send the
 * same content: such a part was stored before, and is again in a moment.
 */
async function readWithoutReplacements(upload: UploadFolder): Promise<PartsOnDisk> {
  for (let waited = 0; ; waited += replacementPause) {
    const onDisk = await readOnDisk(upload).catch(goneWhenMissing);
    if (waited >= replacementTime || !hasReplacement(onDisk.slots)) return onDisk;
    await sleep(replacementPause);
  }
}

/** The stored parts of an upload by ascending number. */
export async function readParts(upload: UploadFolder): Promise<StoredPart[]> {
  return findStored(upload, await readWithoutReplacements(upload)).filter((part) => part !== null);
}

/** By ascending part number; `null` for a part that is not stored. */
function findStored(
  { partSize }: UploadFolder,
  { slots, contentSize }: PartsOnDisk,
): (StoredPart | null)[] {
  return decodeSlots(slots).map((slot, index) => {
    if (!slot?.isStored) return null;
    // A part that ends behind the content was lost with the end of the file.
    if (index * partSize + slot.size > contentSize) return null;
    return { partNumber: index + 1, etag: etagOfPart(slot.md5), size: slot.size };
  });
}

/** @throws `InvalidPart` where the stored parts are not exactly these, or not the whole content. */
export async function checkParts(
  upload: UploadFolder,
  parts: readonly CompletedPart[],
): Promise<PartsOnDisk> {
  const onDisk = await readWithoutReplacements(upload);
  requireParts(upload, parts, onDisk);
  return onDisk;
}

/**
 * Checks the parts again where something has changed since.
 *
 * @param content where the content is now
 * @throws `InvalidPart` as `checkParts`
 */
export async function checkPartsAgain(
  upload: UploadFolder,
  parts: readonly CompletedPart[],
  before: PartsOnDisk,
  content: string,
): Promise<void> {
  const onDisk = await readOnDisk(upload, content);
  const isSame = onDisk.contentSize === before.contentSize && onDisk.slots.equals(before.slots);
  if (!isSame) requireParts(upload, parts, onDisk);
}

function requireParts(
  upload: UploadFolder,
  parts: readonly CompletedPart[],
  onDisk: PartsOnDisk,
): void {
  const total = countParts(upload);
  if (parts.length !== total) {
    throw invalidPart(`The upload has ${total} parts, and not ${parts.length}.`);
  }
  const stored = findStored(upload, onDisk);
  for (const [index, { partNumber, etag }] of parts.entries()) {
    if (partNumber !== index + 1) throw invalidPart(`Part ${index + 1} is missing in the list.`);
    const found = stored[index];
    if (!found) throw invalidPart(`Part ${partNumber} is not stored. Send it again.`);
    if (found.etag !== etag) throw invalidPart(`Part ${partNumber} was sent again meanwhile.`);
    if (found.size !== partLength(upload, partNumber)) {
      throw invalidPart(`Part ${partNumber} has the wrong size. Send it again.`);
    }
  }
}

/** @param md5 hexadecimal */
export function etagOfPart(md5: string): string {
  return `"${md5}"`;
}

export function noSuchUpload(): StoreError {
  return new StoreError(
    "NoSuchUpload",
    "There is no such upload: it was finalized or dropped. Ask for the upload URLs again.",
  );
}

/** For `catch`: a file that is missing means that the upload was completed or aborted meanwhile. */
export function goneWhenMissing(error: unknown): never {
  throw isErrno(error, "ENOENT", "ENOTDIR") ? noSuchUpload() : error;
}

function invalidPart(message: string): StoreError {
  return new StoreError("InvalidPart", message);
}

/** For `catch`: a folder in the place of a file is as good as a missing file. */
function nullWhenOdd(error: unknown): null {
  return isErrno(error, "EISDIR") ? null : nullWhenMissing(error);
}
