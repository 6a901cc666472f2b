import { maxPartCount, minPartSize, type WireUploadedPart } from "@clipcourier/core/wire";
import { HttpError } from "../http-error.js";
import type { CompletedPart, StoredPart } from "../store/object-store.js";

const mebibyte = 1024 * 1024;

/** The part size for a file: 5 MiB, or the fewest whole MiB that keep it to 10,000 parts. */
export function chunkSizeFor(size: number): number {
  if (size <= minPartSize * maxPartCount) return minPartSize;
  return Math.ceil(size / maxPartCount / mebibyte) * mebibyte;
}

/** The size of each part in bytes, in order. */
export function partSizes(size: number, chunkSize: number): number[] {
  const count = countParts(size, chunkSize);
  const last = size - (count - 1) * chunkSize;
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? last : chunkSize));
}

function countParts(size: number, chunkSize: number): number {
  return Math.ceil(size / chunkSize);
}

/**
 * Checks the parts that a client listed against the stored ones, and returns the parts to join.
 * Throws 400 with a message that names the part.
 */
export function checkParts(
  listed: WireUploadedPart[],
  stored: StoredPart[],
  upload: { size: number; chunkSize: number },
): CompletedPart[] {
  const count = countParts(upload.size, upload.chunkSize);
  checkNumbers(listed, count);
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  let total = 0;
  const parts = listed.map(({ PartNumber, ETag }) => {
    const part = byNumber.get(PartNumber);
    if (!part) throw refuse(`part ${PartNumber} has not been uploaded`);
    if (ETag !== part.etag && withoutQuotes(ETag) !== withoutQuotes(part.etag)) {
      throw refuse(`the ETag of part ${PartNumber} is not that of the stored part`);
    }
    if (part.size < minPartSize && PartNumber < count) {
      throw refuse(`part ${PartNumber} is smaller than 5 MiB and is not the last`);
    }
    total += part.size;
    return { partNumber: PartNumber, etag: part.etag };
  });
  if (total !== upload.size) {
    throw refuse(`the parts have ${total} bytes, and size promised ${upload.size}`);
  }
  return parts;
}

function checkNumbers(listed: readonly WireUploadedPart[], count: number): void {
  const isWhole = listed.length === count;
  if (isWhole && listed.every(({ PartNumber }, index) => PartNumber === index + 1)) return;
  const seen = new Set<number>();
  let previous = 0;
  for (const { PartNumber: number } of listed) {
    if (seen.has(number)) throw refuse(`part ${number} is listed twice`);
    if (number > count) throw refuse(`part ${number} is listed, but there are ${count} parts`);
    if (number < previous) throw refuse(`part ${number} is listed after part ${previous}`);
    seen.add(number);
    previous = number;
  }
  for (let number = 1; number <= count; number += 1) {
    if (!seen.has(number)) throw refuse(`part ${number} is missing`);
  }
}

function refuse(problem: string): HttpError {
  return new HttpError(400, `uploads: ${problem}. The upload is still open.`);
}

function withoutQuotes(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}
