import { opendir, rename, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { openNewest, readVersions, removeVersions, versionsSuffix } from "./conditional-objects.js";
import { type StoreFolders, syncFolder } from "./durable-files.js";
import { isErrno, nullWhenMissing } from "./file-errors.js";
import { readUploadFolder, uploadIdPattern } from "./upload-folder.js";

const hour = 60 * 60 * 1000;
/** Nothing that a running process still uses is as old. */
const temporaryAge = 24 * hour;
/** A writer that was stopped for longer must not find that its number is free again. */
const deletionAge = hour;
const completedAge = hour;
const damagedAge = 24 * hour;

/**
 * Deletes what killed processes left behind: temporary files, folders of completed uploads, damaged
 * uploads, old versions, versions that only say that an object is deleted, empty folders. One that
 * cannot be deleted does not keep the others; the first such error is thrown at the end. `now` is in
 * milliseconds since 1970.
 */
export async function removeLeftovers(folders: StoreFolders, now: number): Promise<void> {
  const sweep = new Sweep(folders, now);
  await sweep.run();
}

class Sweep {
  readonly #folders: StoreFolders;
  readonly #now: number;
  #firstError: unknown = null;

  constructor(folders: StoreFolders, now: number) {
    this.#folders = folders;
    this.#now = now;
  }

  async run(): Promise<void> {
    const { objects, temporary, uploads } = this.#folders;
    for await (const { name } of await opendir(temporary)) {
      await this.#try(() => this.#removeTemporary(path.join(temporary, name)));
    }
    for await (const { name } of await opendir(uploads)) {
      if (uploadIdPattern.test(name)) await this.#try(() => this.#removeUpload(name));
    }
    await this.#sweepObjects(objects);
    if (this.#firstError) throw this.#firstError;
  }

  async #removeTemporary(file: string): Promise<void> {
    if (await this.#isOlder(file, temporaryAge)) await rm(file, { recursive: true, force: true });
  }

  /** Removes the folder of an upload without content, which is completed, or of a damaged one. */
  async #removeUpload(uploadId: string): Promise<void> {
    const folder = path.join(this.#folders.uploads, uploadId);
    const upload = await readUploadFolder(folder);
    if (upload !== null && upload !== "damaged") return;
    if (!(await this.#isOlder(folder, upload === null ? completedAge : damagedAge))) return;
    const temporary = path.join(this.#folders.temporary, uploadId);
    await rename(folder, temporary);
    await rm(temporary, { recursive: true, force: true });
  }

  async #sweepObjects(folder: string): Promise<void> {
    const entries = await opendir(folder).catch(nullWhenMissing);
    if (!entries) return;
    let hasFiles = false;
    for await (const entry of entries) {
      if (!entry.isDirectory()) {
        hasFiles = true;
        continue;
      }
      const below = path.join(folder, entry.name);
      const sweep = entry.name.endsWith(versionsSuffix)
        ? () => this.#sweepVersions(below)
        : () => this.#sweepObjects(below);
      await this.#try(sweep);
    }
    if (!hasFiles && folder !== this.#folders.objects) await removeIfEmpty(folder);
  }

  async #sweepVersions(folder: string): Promise<void> {
    const names = await readVersions(folder);
    await removeVersions(folder, names.versions.slice(0, -1));
    const newest = await openNewest(folder, names);
    await newest?.handle.close();
    if (newest?.isDeleted && (await this.#isOlder(newest.path, deletionAge))) {
      // Otherwise a power cut could bring back a version that was deleted before.
      await syncFolder(folder);
      await rm(newest.path, { force: true });
    }
    if (!newest || newest.isDeleted) await removeIfEmpty(folder);
  }

  async #isOlder(file: string, age: number): Promise<boolean> {
    const stats = await stat(file).catch(nullWhenMissing);
    return stats !== null && this.#now - stats.mtimeMs > age;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#firstError ??= error;
    }
  }
}

/** A folder that is being filled at the same time is not empty, or its writer makes it again. */
async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isErrno(error, "ENOTEMPTY", "EEXIST", "ENOENT")) throw error;
  }
}
