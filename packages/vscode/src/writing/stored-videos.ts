import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * Videos that were passed through the editor, each in a folder of its own. Every process has a folder for
 * those, because windows without a workspace share their storage, and one must not delete what another
 * uploads.
 */
export class StoredVideos {
  readonly #folders: string;
  readonly #listAwaited: () => readonly string[];
  #cleaned: Promise<void> | undefined;

  /**
   * @param folders has the folders of the processes. Before the first use, what processes that have ended
   *   left in it is deleted
   * @param listAwaited gives the paths of the videos whose uploads may still go on
   */
  constructor(folders: string, listAwaited: () => readonly string[]) {
    this.#folders = folders;
    this.#listAwaited = listAwaited;
  }

  /** @returns the path */
  async store(name: string, content: Uint8Array): Promise<string> {
    this.#cleaned ??= this.#deleteLeft();
    await this.#cleaned;
    const folder = join(this.#folders, String(process.pid), randomUUID());
    await mkdir(folder, { recursive: true });
    const path = join(folder, basename(name));
    await writeFile(path, content);
    return path;
  }

  /** Deletes those of the files that were stored here, by this process or by an earlier one. */
  async discard(paths: readonly string[]): Promise<void> {
    const stored = paths.filter((path) => path.startsWith(join(this.#folders, "/")));
    await Promise.all(stored.map((path) => remove(join(path, ".."))));
  }

  async #deleteLeft(): Promise<void> {
    const processes = await readdir(this.#folders).catch(() => []);
    const ended = processes.filter((id) => id === String(process.pid) || !isRunning(Number(id)));
    const listed = ended.map(async (id) => {
      const names = await readdir(join(this.#folders, id)).catch(() => []);
      return names.map((name) => join(this.#folders, id, name));
    });
    const awaited = new Set(this.#listAwaited().map((path) => join(path, "..")));
    const left = (await Promise.all(listed)).flat().filter((folder) => !awaited.has(folder));
    await Promise.all(left.map(remove));
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // It may be another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
