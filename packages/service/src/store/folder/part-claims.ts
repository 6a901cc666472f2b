import { open } from "node:fs/promises";
import path from "node:path";

/** Bytes of a record: the part's number, and an attempt. */
const recordSize = 9;
const attemptSize = 5;

/**
 * Whether an attempt is the first of all processes to write a part. The file `claims` of an upload
 * only grows, and appending is atomic, so that all processes see the same first one. The attempt is
 * 10 hexadecimal digits. Where a power cut has torn the file, no attempt is the first any more.
 */
export async function isFirstClaim(
  folder: string,
  partNumber: number,
  attempt: string,
): Promise<boolean> {
  const record = Buffer.alloc(recordSize);
  record.writeUInt32BE(partNumber);
  record.write(attempt, recordSize - attemptSize, attemptSize, "hex");
  const claims = await open(path.join(folder, "claims"), "a+");
  try {
    await claims.appendFile(record);
    const { size } = await claims.stat();
    const { buffer } = await claims.read(Buffer.alloc(size), 0, size, 0);
    for (let start = 0; start + recordSize <= size; start += recordSize) {
      if (buffer.readUInt32BE(start) === partNumber) {
        return record.equals(buffer.subarray(start, start + recordSize));
      }
    }
    return false;
  } finally {
    await claims.close();
  }
}
