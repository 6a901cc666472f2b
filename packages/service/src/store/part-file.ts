import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { CompletedPart, PartToSign } from "./store.js";
import { StoreError } from "./store.js";

/*
 * A part file holds the part's bytes and then the 16 bytes of their MD5. With both in one file, one
 * rename puts them in place, and a part that is sent again replaces both at once.
 */
const trailerSize = 16;
const writeSize = 1024 * 1024;

/** Writes a part and returns its ETag. Throws `IncompleteBody`, `InvalidDigest`, `BadDigest`. */
export async function writePartFile(
  file: string,
  body: AsyncIterable<Uint8Array>,
  part: PartToSign,
  contentMd5: string | null,
): Promise<string> {
  const promised = contentMd5 === null ? null : parseContentMd5(contentMd5, part.partNumber);
  const handle = await open(file, "wx");
  try {
    const md5 = await writeBody(handle, body, part);
    if (promised && !promised.equals(md5)) {
      throw new StoreError(
        "BadDigest",
        `Part ${part.partNumber}: the bytes do not match the Content-MD5 header. Send it again.`,
      );
    }
    await handle.write(md5);
    return etagOf(md5);
  } finally {
    await handle.close();
  }
}

/** The size and the ETag of a stored part. */
export async function readPartInfo(file: string): Promise<{ etag: string; size: number }> {
  const handle = await open(file);
  try {
    return await readInfo(handle);
  } finally {
    await handle.close();
  }
}

/** Appends the bytes of a stored part to a file. Throws `InvalidPart` when the ETag is another. */
export async function appendPartFile(
  file: string,
  target: string,
  part: CompletedPart,
): Promise<void> {
  const handle = await open(file);
  try {
    const { etag, size } = await readInfo(handle);
    if (etag !== part.etag) {
      throw new StoreError("InvalidPart", `Part ${part.partNumber} was sent again meanwhile.`);
    }
    const source = createReadStream("", {
      fd: handle,
      autoClose: false,
      start: 0,
      end: size - 1,
      highWaterMark: writeSize,
    });
    await pipeline(source, createWriteStream(target, { flags: "a", highWaterMark: writeSize }));
  } finally {
    await handle.close();
  }
}

async function writeBody(
  handle: FileHandle,
  body: AsyncIterable<Uint8Array>,
  part: PartToSign,
): Promise<Buffer> {
  const hash = createHash("md5");
  let waiting: Uint8Array[] = [];
  let waitingSize = 0;
  let size = 0;
  const flush = async () => {
    const written = waitingSize === 0 ? 0 : (await handle.writev(waiting)).bytesWritten;
    if (written !== waitingSize)
      throw new Error("A part was not written completely. Is the disk full?");
    waiting = [];
    waitingSize = 0;
  };
  for await (const chunk of body) {
    size += chunk.length;
    if (size > part.contentLength) break;
    hash.update(chunk);
    waiting.push(chunk);
    waitingSize += chunk.length;
    if (waitingSize >= writeSize) await flush();
  }
  if (size !== part.contentLength) {
    throw new StoreError(
      "IncompleteBody",
      `Part ${part.partNumber}: the body is not the ${part.contentLength} bytes that it should be.`,
    );
  }
  await flush();
  return hash.digest();
}

async function readInfo(handle: FileHandle): Promise<{ etag: string; size: number }> {
  const size = (await handle.stat()).size - trailerSize;
  const md5 = Buffer.alloc(trailerSize);
  await handle.read(md5, 0, trailerSize, size);
  return { etag: etagOf(md5), size };
}

function parseContentMd5(header: string, partNumber: number): Buffer {
  const md5 = Buffer.from(header, "base64");
  if (md5.length === trailerSize && md5.toString("base64") === header) return md5;
  throw new StoreError(
    "InvalidDigest",
    `Part ${partNumber}: the Content-MD5 header is not the base64 of an MD5.`,
  );
}

function etagOf(md5: Buffer): string {
  return `"${md5.toString("hex")}"`;
}
