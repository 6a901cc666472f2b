import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";

/*
 * The file `parts` of an upload has one slot for each part number, and each slot says what the part's
 * range of the file `content` holds: 16 bytes MD5, 6 bytes size, 1 byte state, 5 bytes attempt, and
 * the CRC32 of these. A slot that is all zero, cut or torn by a power cut counts as not stored.
 */
export const slotSize = 32;
const attemptSize = 5;
const checkedSize = slotSize - 4;

/** What a slot says. */
export interface PartSlot {
  /** Whether the part is complete; otherwise an attempt is writing it, or broke off. */
  isStored: boolean;
  /** Whether an attempt puts bytes in place that it has in full, which takes a moment. */
  isReplaced: boolean;
  /** Which attempt to send the part wrote the slot; 10 hexadecimal digits. */
  attempt: string;
  /** 16 bytes. */
  md5: Buffer;
  /** Bytes. */
  size: number;
}

/** The slot of a part while an attempt writes its bytes. */
export function openSlot(attempt: string, isReplaced: boolean): PartSlot {
  return { isStored: false, isReplaced, attempt, md5: Buffer.alloc(16), size: 0 };
}

export function encodeSlot({ isStored, isReplaced, attempt, md5, size }: PartSlot): Buffer {
  const bytes = Buffer.alloc(slotSize);
  md5.copy(bytes, 0);
  bytes.writeUIntBE(size, 16, 6);
  bytes.writeUInt8(isStored ? 2 : isReplaced ? 3 : 1, 22);
  bytes.write(attempt, 23, attemptSize, "hex");
  bytes.writeUInt32BE(crc32(bytes.subarray(0, checkedSize)), checkedSize);
  return bytes;
}

/** What a slot says; `null` where it says nothing. */
export function decodeSlot(bytes: Buffer): PartSlot | null {
  if (bytes.length < slotSize) return null;
  const state = bytes.readUInt8(22);
  const checksum = bytes.readUInt32BE(checkedSize);
  if (state === 0 || checksum !== crc32(bytes.subarray(0, checkedSize))) return null;
  return {
    isStored: state === 2,
    isReplaced: state === 3,
    attempt: bytes.toString("hex", 23, 23 + attemptSize),
    md5: bytes.subarray(0, 16),
    size: bytes.readUIntBE(16, 6),
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
