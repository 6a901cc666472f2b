import { commands, type Disposable, EventEmitter, type Memento, Uri } from "vscode";
import type { UploadedClip } from "../api.js";
import type { Service } from "../services/services.js";

const key = "clipcourier.localFiles";
const most = 500;

/** The URL of the service is missing where an earlier version has stored the clip. */
type LocalFile = [clipId: string, uri: string, rootUrl?: string];

/**
 * Remembers which local file a clip was made from, and for which service, for the newest 500 clips, and
 * maintains the context key with the paths of these files.
 */
export class LocalFiles implements Disposable {
  readonly #memento: Memento;
  readonly #forgotten = new EventEmitter<void>();
  readonly onDidForget = this.#forgotten.event;

  constructor(memento: Memento) {
    this.#memento = memento;
    this.#updateMenus();
  }

  find(clipId: string): Uri | undefined {
    const [, uri] = this.#list().find(([id]) => id === clipId) ?? [];
    return uri === undefined ? undefined : Uri.parse(uri);
  }

  /** The ids of the clips of a service that were made from a local file, the newest last. */
  listClips(file: Uri, service: Service): string[] {
    const wanted = file.toString();
    const clips = this.#list().filter(
      ([, uri, rootUrl]) => uri === wanted && rootUrl === service.rootUrl,
    );
    return clips.map(([clipId]) => clipId);
  }

  async remember(clips: readonly UploadedClip[], { rootUrl }: Service): Promise<void> {
    if (clips.length === 0) return;
    const news = clips.map(({ clip, uri }): LocalFile => [clip.id, uri.toString(), rootUrl]);
    const ids = new Set(clips.map(({ clip }) => clip.id));
    const others = this.#list().filter(([id]) => !ids.has(id));
    await this.#memento.update(key, [...others, ...news].slice(-most));
    this.#updateMenus();
  }

  /** Nothing of a service is kept that was disconnected from. */
  async forgetService({ rootUrl }: Service): Promise<void> {
    const files = this.#list().filter(([, , origin]) => origin !== rootUrl);
    await this.#memento.update(key, files);
    this.#updateMenus();
    this.#forgotten.fire();
  }

  /** The file of this clip is gone. */
  async forget(clipId: string): Promise<void> {
    const files = this.#list().filter(([id]) => id !== clipId);
    await this.#memento.update(key, files);
    this.#updateMenus();
    this.#forgotten.fire();
  }

  dispose(): void {
    this.#forgotten.dispose();
  }

  // In the form of the context key `resourcePath`, which has backslashes on Windows.
  #updateMenus(): void {
    const paths = this.#list().map(([, uri]) => Uri.parse(uri).fsPath);
    void commands.executeCommand("setContext", "clipcourier.filesWithClips", [...new Set(paths)]);
  }

  #list(): LocalFile[] {
    return this.#memento.get<LocalFile[]>(key, []);
  }
}
