import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const timeout = 3_000;
const mostBytes = 5 * 1024 ** 2;
/** More than a list shows at once. */
export const mostPictures = 100;

/**
 * Stores thumbnails as files for tooltips. The window cannot load them itself: it can be on another
 * machine, shows no picture from plain http, and limits the length of `data:` URLs. The 100 that were used
 * last are kept.
 */
export class Pictures {
  readonly #folder: string;
  #prepared: Promise<unknown> | undefined;
  /** The paths of the files by the addresses of the pictures, the least recently used first. */
  readonly #files = new Map<string, Promise<string | undefined>>();

  /** @param folder it is emptied before its first use, because no picture is kept between runs */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of the picture at an address; `undefined` when it cannot be loaded. */
  async load(url: string): Promise<string | undefined> {
    const loading = this.#files.get(url) ?? this.#download(url);
    // At the end of the map it is the most recently used.
    this.#files.delete(url);
    this.#files.set(url, loading);
    this.#removeOldest();
    const file = await loading;
    // The next time it may succeed.
    if (file === undefined && this.#files.get(url) === loading) this.#files.delete(url);
    return file;
  }

  #removeOldest(): void {
    const [oldest] = this.#files;
    if (oldest === undefined || this.#files.size <= mostPictures) return;
    const [url, loading] = oldest;
    this.#files.delete(url);
    // What cannot be removed is removed with the folder, at the next start.
    void loading.then(async (file) => {
      if (file !== undefined) await rm(file, { force: true }).catch(() => {});
    });
  }

  async #download(url: string): Promise<string | undefined> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
      const [, kind] = /^image\/(jpeg|png|gif|webp)$/.exec(readType(response)) ?? [];
      if (!response.ok || kind === undefined) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.byteLength > mostBytes) return undefined;
      this.#prepared ??= rm(this.#folder, { recursive: true, force: true }).then(() =>
        mkdir(this.#folder, { recursive: true }),
      );
      await this.#prepared;
      const path = join(this.#folder, `${randomUUID()}.${kind}`);
      await writeFile(path, bytes);
      return path;
    } catch {
      return undefined;
    }
  }
}

function readType({ headers }: Response): string {
  return headers.get("content-type")?.split(";")[0]?.trim() ?? "";
}
