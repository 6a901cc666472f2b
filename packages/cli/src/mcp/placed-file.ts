import { closeSync, constants, fstatSync, openSync, read as readWithCallback } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const readDescriptor = promisify(readWithCallback);

/** An open file of which it is known where it is. */
export interface PlacedFile {
  /** The path without links, as the system tells it. */
  real: string;
  look(): { isFile: boolean; size: number };
  /** The bytes from `start` up to, not including, `end`; fewer at the end of the file. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a file and tells where it is. A path that was looked at before can lead elsewhere by the time
 * that it is opened, or is looked at again: a folder in it can be swapped for a link. So this goes into
 * the folder, asks the system where that is, and opens the name in it; nothing else runs meanwhile.
 * (Windows tells the path by which it was entered, but lets nobody swap the folder that one is in.)
 *
 * @throws the system's error
 */
export function openPlacedFile(file: string): PlacedFile {
  const name = path.basename(file);
  const before = process.cwd();
  process.chdir(path.dirname(file));
  try {
    const real = path.join(process.cwd(), name);
    // Windows has neither. Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    return describeFile(real, openSync(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  } finally {
    process.chdir(before);
  }
}

function describeFile(real: string, descriptor: number): PlacedFile {
  const running = new Set<Promise<unknown>>();
  return {
    real,
    look() {
      const found = fstatSync(descriptor);
      return { isFile: found.isFile(), size: found.size };
    },
    async read(start, end) {
      const reading = readFully(descriptor, start, end);
      running.add(reading);
      try {
        return await reading;
      } finally {
        running.delete(reading);
      }
    },
    async close() {
      // The number of a closed descriptor may at once be that of another file.
      await Promise.allSettled(running);
      closeSync(descriptor);
    },
  };
}

async function readFully(descriptor: number, start: number, end: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const length = bytes.length - filled;
    const { bytesRead } = await readDescriptor(descriptor, bytes, filled, length, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
