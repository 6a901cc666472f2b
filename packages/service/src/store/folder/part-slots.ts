import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";

/*
 * The file `parts` of an upload has one slot for each part number, and each slot says what the part's
 * range of the file `content` holds: 16 bytes MD5, 6 bytes size, 1 byte state, 5 bytes attempt, and
 * the CRC32 of these. A slot that is all zero, cut or torn by a power cut counts as not stored.
 */
export const slotSize = 32;
const md5Size = 16;
const attemptSize = 5;
const checkedSize = slotSize - 4;
const stateOffset = 22;
const attemptOffset = 23;
const states = { open: 1, stored: 2, replaced: 3 };

/** What a slot says. */
export interface PartSlot {
  /** Whether the part is complete; otherwise an attempt is writing it, or broke off. */
  isStored: boolean;
  /** Whether an attempt puts bytes in place that it has in full, which takes a moment. */
  isReplaced: boolean;
  /** Which attempt to send the part wrote the slot; 10 hexadecimal digits. */
  attempt: string;
  /** Hexadecimal. */
  md5: string;
  /** Bytes. */
  size: number;
}

/** The slot of a part while an attempt writes its bytes. */
export function openSlot(attempt: string, isReplaced: boolean): PartSlot {
  return { isStored: false, isReplaced, attempt, md5: "00".repeat(md5Size), size: 0 };
}

export function encodeSlot({ isStored, isReplaced, attempt, md5, size }: PartSlot): Buffer {
  const bytes = Buffer.alloc(slotSize);
  bytes.write(md5, 0, md5Size, "hex");
  bytes.writeUIntBE(size, md5Size, 6);
  bytes.writeUInt8(
    isStored ? states.stored : isReplaced ? states.replaced : states.open,
    stateOffset,
  );
  bytes.write(attempt, attemptOffset, attemptSize, "hex");
  bytes.writeUInt32BE(crc32(bytes.subarray(0, checkedSize)), checkedSize);
  return bytes;
}

/** Whether an attempt puts bytes in place that it has in full, in any of these slots. */
export function hasReplacement(slots: Buffer): boolean {
  for (let start = 0; start + slotSize <= slots.length; start += slotSize) {
    // To decode each slot of a large upload would take long, and nearly none is in this state.
    if (slots[start + stateOffset] !== states.replaced) continue;
    if (decodeSlot(slots.subarray(start, start + slotSize))?.isReplaced) return true;
  }
  return false;
}

/** What each whole slot says, by ascending part number; `null` where it says nothing. */
export function decodeSlots(bytes: Buffer): (PartSlot | null)[] {
  // A large upload has thousands of slots: one string is made for all of them.
  const hex = bytes.toString("hex");
  const count = Math.floor(bytes.length / slotSize);
  return Array.from({ length: count }, (_, index) => decode(bytes, hex, index * slotSize));
}

/** What a single slot says; `null` where it says nothing. */
export function decodeSlot(slot: Buffer): PartSlot | null {
  return slot.length < slotSize ? null : decode(slot, slot.toString("hex"), 0);
}

/** @param hex all of the bytes, hexadecimal */
function decode(bytes: Buffer, hex: string, start: number): PartSlot | null {
  const state = bytes[start + stateOffset];
  const end = start + checkedSize;
  if (!state || bytes.readUInt32BE(end) !== crc32(bytes.subarray(start, end))) return null;
  return {
    isStored: state === states.stored,
    isReplaced: state === states.replaced,
    attempt: hex.slice(2 * (start + attemptOffset), 2 * end),
    md5: hex.slice(2 * start, 2 * (start + md5Size)),
    size: bytes.readUIntBE(start + md5Size, 6),
  };
}

export async function readSlot(handle: FileHandle, partNumber: number): Promise<PartSlot | null> {
  const position = (partNumber - 1) * slotSize;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(slotSize), 0, slotSize, position);
  return decodeSlot(buffer.subarray(0, bytesRead));
}

export async function writeSlot(
  handle: FileHandle,
  partNumber: number,
  slot: PartSlot,
): Promise<void> {
  await handle.write(encodeSlot(slot), 0, slotSize, (partNumber - 1) * slotSize);
}
