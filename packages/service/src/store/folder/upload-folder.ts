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
import { decodeSlot, hasReplacement, slotSize } from "./part-slots.js";

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
  const content = await stat(contentFile(folder)).catch(nullWhenMissing);
  if (!content?.isFile()) return null;
  const text = await readFile(factsFile(folder), "utf8").catch(nullWhenOdd);
  const stats = await stat(factsFile(folder)).catch(nullWhenMissing);
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
  { folder }: UploadFolder,
  content = contentFile(folder),
): Promise<PartsOnDisk> {
  const slots = (await readFile(slotsFile(folder)).catch(nullWhenOdd)) ?? Buffer.alloc(0);
  return { slots, contentSize: (await stat(content)).size };
}

/** The stored parts of an upload by ascending number. */
export async function readParts(upload: UploadFolder): Promise<StoredPart[]> {
  return findStored(upload, await readOnDisk(upload));
}

function findStored(upload: UploadFolder, onDisk: PartsOnDisk): StoredPart[] {
  const parts: StoredPart[] = [];
  const count = Math.floor(onDisk.slots.length / slotSize);
  for (let partNumber = 1; partNumber <= count; partNumber++) {
    const part = findPart(upload, onDisk, partNumber);
    if (part) parts.push(part);
  }
  return parts;
}

function findPart(
  { partSize }: UploadFolder,
  { slots, contentSize }: PartsOnDisk,
  partNumber: number,
): StoredPart | null {
  const slot = decodeSlot(slots, (partNumber - 1) * slotSize);
  if (!slot?.isStored) return null;
  // A part that ends behind the content was lost with the end of the file.
  if ((partNumber - 1) * partSize + slot.size > contentSize) return null;
  return { partNumber, etag: etagOfPart(slot.md5), size: slot.size };
}

/**
 * Waits while another process puts bytes in place that it has in full, as when two clients send the
 * same content: such a part was stored before, and is again in a moment.
 */
export async function awaitReplacements({ folder }: UploadFolder): Promise<void> {
  for (let waited = 0; waited < replacementTime; waited += replacementPause) {
    const slots = (await readFile(slotsFile(folder)).catch(nullWhenOdd)) ?? Buffer.alloc(0);
    if (!hasReplacement(slots)) return;
    await sleep(replacementPause);
  }
}

/** @throws `InvalidPart` where the stored parts are not exactly these, or not the whole content. */
export async function checkParts(
  upload: UploadFolder,
  parts: readonly CompletedPart[],
): Promise<PartsOnDisk> {
  const onDisk = await readOnDisk(upload);
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
  for (const [index, { partNumber, etag }] of parts.entries()) {
    if (partNumber !== index + 1) throw invalidPart(`Part ${index + 1} is missing in the list.`);
    const found = findPart(upload, onDisk, partNumber);
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
