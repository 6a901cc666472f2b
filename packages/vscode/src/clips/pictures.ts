import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Uri } from "vscode";

const timeout = 3_000;
const mostBytes = 5 * 1024 ** 2;

/**
 * Stores thumbnails as files for tooltips. The window cannot load them itself: it can be on another
 * machine, shows no picture from plain http, and limits the length of `data:` URLs.
 */
export class Pictures {
  readonly #folder: string;
  #prepared: Promise<unknown> | undefined;
  readonly #files = new Map<string, Promise<Uri | undefined>>();

  /** @param folder it is emptied before its first use, because no picture is kept between runs */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of the picture at an address; `undefined` when it cannot be loaded. */
  async load(url: string): Promise<Uri | undefined> {
    const loading = this.#files.get(url) ?? this.#download(url);
    this.#files.set(url, loading);
    const file = await loading;
    // The next time it may succeed.
    if (file === undefined) this.#files.delete(url);
    return file;
  }

  async #download(url: string): Promise<Uri | undefined> {
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
      const name = createHash("sha256").update(url).digest("hex").slice(0, 32);
      const path = join(this.#folder, `${name}.${kind}`);
      await writeFile(path, bytes);
      return Uri.file(path);
    } catch {
      return undefined;
    }
  }
}

function readType({ headers }: Response): string {
  return headers.get("content-type")?.split(";")[0]?.trim() ?? "";
}
