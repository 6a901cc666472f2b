import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What is uploaded in one run. */
export interface Work {
  count: number;
  /** Bytes of each file. */
  size: number;
  /** The files have holes instead of data: they have the same size, but need no disk. */
  sparse?: boolean;
}

/** The files of one `Work`, in a folder of their own. */
export interface FileSet {
  readonly folder: string;
  /** `clip001.mp4` and so on. */
  readonly paths: readonly string[];
  readonly work: Work;
}

// A file system in memory needs no pages for holes. On a disk each hole that is read fills a page of
// the cache, so that a file larger than memory would be slower than one that fits into it.
const memoryFolder = "/dev/shm";

/** Files in temporary folders: created when first needed, and removed with the folders. */
export class TemporaryFiles implements AsyncDisposable {
  readonly folder: string;
  readonly #sparseFolder: string;
  readonly #sets = new Map<string, Promise<FileSet>>();

  private constructor(folder: string, sparseFolder: string) {
    this.folder = folder;
    this.#sparseFolder = sparseFolder;
  }

  static async create(): Promise<TemporaryFiles> {
    const makeFolder = (parent: string) => mkdtemp(join(parent, "clipcourier-bench-"));
    const forSparse = existsSync(memoryFolder) ? memoryFolder : tmpdir();
    return new TemporaryFiles(await makeFolder(tmpdir()), await makeFolder(forSparse));
  }

  get(work: Work): Promise<FileSet> {
    const name = `${work.count}x${work.size}`;
    const path = join(work.sparse ? this.#sparseFolder : this.folder, name);
    const known = this.#sets.get(path) ?? makeFiles(path, work);
    this.#sets.set(path, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of [this.folder, this.#sparseFolder])
      await rm(folder, { recursive: true, force: true });
  }
}

async function makeFiles(folder: string, work: Work): Promise<FileSet> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let number = 1; number <= work.count; number += 1) {
    const path = join(folder, `clip${String(number).padStart(3, "0")}.mp4`);
    await writeContent(path, work);
    paths.push(path);
  }
  return { folder, paths, work };
}

/** Writes one random block again and again, numbered: the content does not matter, the time does. */
async function writeContent(path: string, { size, sparse = false }: Work): Promise<void> {
  await using file = await open(path, "w");
  const block = randomBytes(Math.min(size, sparse ? 1024 : 8 * 1024 * 1024));
  for (let at = 0; at < (sparse ? 1 : size); at += block.length) {
    block.writeUInt32LE(at / block.length);
    await file.write(block, 0, Math.min(block.length, size - at), at);
  }
  await file.truncate(size);
}
