import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Uri } from "vscode";

const timeout = 3_000;
const mostBytes = 5 * 1024 ** 2;

/**
 * Thumbnails as files, since the window may be on another machine than the address leads to, shows
 * none from plain http, and takes no `data:` URL as long as most of them would be.
 */
export class Pictures {
  readonly #folder: string;
  #prepared: Promise<unknown> | undefined;
  readonly #files = new Map<string, Promise<Uri | undefined>>();

  /** @param folder emptied before it is first used: what an earlier run left is not needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The picture at an address; `undefined` where it cannot be read. */
  async load(url: string): Promise<Uri | undefined> {
    const loading = this.#files.get(url) ?? this.#download(url);
    this.#files.set(url, loading);
    const file = await loading;
    // What failed may go well when it is next looked at.
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
