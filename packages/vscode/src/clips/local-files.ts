import { commands, type Disposable, EventEmitter, type Memento, Uri } from "vscode";
import type { UploadedClip } from "../api.js";
import type { Service } from "../services/services.js";

const key = "clipcourier.localFiles";
const most = 500;

/** The URL of the service is missing where an earlier version has stored the clip. */
type LocalFile = [clipId: string, uri: string, rootUrl?: string];

/** The root URL of a service. Clips of two services can have the same id. */
type ServiceRoot = Pick<Service, "rootUrl">;

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

  find(clipId: string, service: ServiceRoot): Uri | undefined {
    const [, uri] = this.#list().find((file) => isOf(file, clipId, service)) ?? [];
    return uri === undefined ? undefined : Uri.parse(uri);
  }

  /** The ids of the clips of a service that were made from a local file, the newest last. */
  listClips(file: Uri, service: ServiceRoot): string[] {
    const wanted = file.toString();
    const clips = this.#list().filter(
      ([, uri, rootUrl]) => uri === wanted && rootUrl === service.rootUrl,
    );
    return clips.map(([clipId]) => clipId);
  }

  async remember(clips: readonly UploadedClip[], service: ServiceRoot): Promise<void> {
    if (clips.length === 0) return;
    const { rootUrl } = service;
    const news = clips.map(({ clip, uri }): LocalFile => [clip.id, uri.toString(), rootUrl]);
    const isNew = (file: LocalFile) => clips.some(({ clip }) => isOf(file, clip.id, service));
    const others = this.#list().filter((file) => !isNew(file));
    await this.#memento.update(key, [...others, ...news].slice(-most));
    this.#updateMenus();
  }

  /** Nothing of a service is kept that was disconnected from. */
  async forgetService({ rootUrl }: ServiceRoot): Promise<void> {
    const files = this.#list().filter(([, , origin]) => origin !== rootUrl);
    await this.#memento.update(key, files);
    this.#updateMenus();
    this.#forgotten.fire();
  }

  /** The file of this clip is gone. */
  async forget(clipId: string, service: ServiceRoot): Promise<void> {
    const files = this.#list().filter((file) => !isOf(file, clipId, service));
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

function isOf([id, , rootUrl]: LocalFile, clipId: string, service: ServiceRoot): boolean {
  return id === clipId && (rootUrl === undefined || rootUrl === service.rootUrl);
}
