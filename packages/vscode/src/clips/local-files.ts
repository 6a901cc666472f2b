import { type Memento, Uri } from "vscode";
import type { UploadedClip } from "../api.js";

const key = "clipcourier.localFiles";
const most = 500;

/** Remembers which local file a clip was made from, for the newest 500 clips. */
export class LocalFiles {
  readonly #memento: Memento;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  find(clipId: string): Uri | undefined {
    const uri = new Map(this.#list()).get(clipId);
    return uri === undefined ? undefined : Uri.parse(uri);
  }

  async remember(clips: readonly UploadedClip[]): Promise<void> {
    if (clips.length === 0) return;
    const files = new Map(this.#list());
    for (const { clip, uri } of clips) {
      files.delete(clip.id);
      files.set(clip.id, uri.toString());
    }
    await this.#memento.update(key, [...files].slice(-most));
  }

  #list(): [string, string][] {
    return this.#memento.get<[string, string][]>(key, []);
  }
}
