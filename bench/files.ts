import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What is uploaded in one run. */
export interface Work {
  count: number;
  /** Bytes of each file. */
  size: number;
  /** Holes in the place of data: as long as the real thing, and no disk is needed. */
  sparse?: boolean;
}

/** The files of one `Work`, in a folder of their own. */
export interface FileSet {
  readonly folder: string;
  /** `clip001.mp4` and so on. */
  readonly paths: readonly string[];
  readonly work: Work;
}

/** Files in a temporary folder, made when first asked for and removed with it. */
export class TemporaryFiles implements AsyncDisposable {
  readonly folder: string;
  readonly #sets = new Map<string, Promise<FileSet>>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<TemporaryFiles> {
    return new TemporaryFiles(await mkdtemp(join(tmpdir(), "clipcourier-bench-")));
  }

  get(work: Work): Promise<FileSet> {
    const name = `${work.count}x${work.size}${work.sparse ? "-sparse" : ""}`;
    const known = this.#sets.get(name) ?? makeFiles(join(this.folder, name), work);
    this.#sets.set(name, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Takes sparse files out of the page cache. The large ones do not fit into it, so the small ones
 * that they are compared with, and whoever comes second, shall not find theirs there either.
 */
export function evictSparseFiles({ paths, work }: FileSet): void {
  if (!work.sparse) return;
  for (const path of paths)
    execFileSync("dd", [`if=${path}`, "iflag=nocache", "count=0"], { stdio: "ignore" });
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

/** Random blocks, each written several times: the content matters to nobody, the time does. */
async function writeContent(path: string, { size, sparse = false }: Work): Promise<void> {
  await using file = await open(path, "w");
  const block = randomBytes(Math.min(size, sparse ? 1024 : 8 * 1024 * 1024));
  for (let at = 0; at < (sparse ? 1 : size); at += block.length) {
    block.writeUInt32LE(at / block.length);
    await file.write(block, 0, Math.min(block.length, size - at), at);
  }
  await file.truncate(size);
}
