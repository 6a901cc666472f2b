import { opendir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { removeDeleted } from "./conditional-objects.js";
import { isDeletionNote, readDeletionNote } from "./deletion-notes.js";
import { removeEmptyFolders, type StoreFolders } from "./durable-files.js";
import { nullWhenMissing } from "./file-errors.js";
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
 * uploads, and what is left of deleted objects. One that cannot be deleted does not keep the others;
 * the first such error is thrown at the end. `now` is in milliseconds since 1970.
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
    const { temporary, uploads } = this.#folders;
    for await (const { name } of await opendir(temporary)) {
      await this.#try(() =>
        isDeletionNote(name)
          ? this.#completeDeletion(name)
          : this.#removeTemporary(path.join(temporary, name)),
      );
    }
    for await (const { name } of await opendir(uploads)) {
      if (uploadIdPattern.test(name)) await this.#try(() => this.#removeUpload(name));
    }
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

  async #completeDeletion(name: string): Promise<void> {
    const note = path.join(this.#folders.temporary, name);
    if (!(await this.#isOlder(note, deletionAge))) return;
    const folder = await readDeletionNote(this.#folders, name);
    if (folder !== null) {
      await removeDeleted(folder);
      await removeEmptyFolders(this.#folders.objects, path.dirname(folder));
    }
    await rm(note, { force: true });
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
