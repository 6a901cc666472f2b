import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const mostBytes = 5 * 1024 ** 2;
/** More than a list shows at once. */
export const mostPictures = 100;
/** As many as the list has clips that are loaded without a click. */
const mostShown = 1_000;

interface Picture {
  /** The path of its file. */
  file: Promise<string | undefined>;
  /** How many callers of `load` have no answer yet. */
  waiting: number;
  isKept: boolean;
}

/**
 * Stores thumbnails as files for tooltips. The window cannot load them itself: it can be on another
 * machine, shows no picture from plain http, and limits the length of `data:` URLs. The 100 that were used
 * last are kept, beside the last 1,000 that are shown for as long as the editor is open.
 */
export class Pictures {
  readonly #folder: string;
  readonly #timeout: number;
  readonly #mostShown: number;
  #prepared: Promise<unknown> | undefined;
  /** By their addresses, the least recently used first. */
  readonly #pictures = new Map<string, Picture>();

  /**
   * @param folder it is emptied before its first use, because no picture is kept between runs
   * @param timeout how many milliseconds one picture may take
   */
  constructor(folder: string, timeout = 3_000, shownLimit = mostShown) {
    this.#folder = folder;
    this.#mostShown = shownLimit;
    this.#timeout = timeout;
  }

  /**
   * The path of the picture at an address; `undefined` when it cannot be loaded.
   *
   * @param isKept whether its file stays among the last 1,000 such ones, because what shows it does not ask again
   */
  async load(url: string, isKept = false): Promise<string | undefined> {
    const picture = this.#pictures.get(url) ?? { file: this.#download(url), waiting: 0, isKept };
    picture.isKept ||= isKept;
    picture.waiting++;
    this.#pictures.set(url, picture);
    const file = await picture.file;
    picture.waiting--;
    if (this.#pictures.get(url) === picture) this.#pictures.delete(url);
    // What could not be loaded may be the next time. At the end of the map it is the most recently used.
    if (file !== undefined) this.#pictures.set(url, picture);
    void this.#removeOldest();
    return file;
  }

  async #removeOldest(): Promise<void> {
    const [passing, shown] = [false, true].map((isKept) =>
      [...this.#pictures].filter(([, picture]) => picture.isKept === isKept),
    ) as [[string, Picture][], [string, Picture][]];
    const excess = [
      ...passing.slice(0, Math.max(passing.length - mostPictures, 0)),
      ...shown.slice(0, Math.max(shown.length - this.#mostShown, 0)),
    ];
    const oldest = excess.filter(([, { waiting }]) => waiting === 0);
    for (const [url] of oldest) this.#pictures.delete(url);
    // What cannot be removed is removed with the folder, at the next start.
    const remove = async ({ file }: Picture) => {
      const path = await file;
      if (path !== undefined) await rm(path, { force: true }).catch(() => {});
    };
    await Promise.all(oldest.map(([, picture]) => remove(picture)));
  }

  async #download(url: string): Promise<string | undefined> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(this.#timeout) });
      const [, kind] = /^image\/(jpeg|png|gif|webp|avif)$/.exec(readType(response)) ?? [];
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
