import {
  commands,
  type Disposable,
  EventEmitter,
  FileDecoration,
  type FileDecorationProvider,
  l10n,
  type Memento,
  ThemeColor,
  Uri,
} from "vscode";
import type { FileState } from "./settling.js";

const key = "clipcourier.watchedFiles";

/**
 * The files whose new renders are uploaded, kept in the state of the workspace, each with its state at
 * the last upload. The Explorer marks them, and a context key has their paths.
 */
export class WatchedFiles implements FileDecorationProvider, Disposable {
  readonly #memento: Memento;
  readonly #changed = new EventEmitter<Uri[]>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #files: Map<string, FileState | undefined>;

  constructor(memento: Memento) {
    this.#memento = memento;
    this.#files = new Map(memento.get<[string, FileState | undefined][]>(key, []));
    this.#updateMenus();
  }

  list(): Uri[] {
    return [...this.#files.keys()].map((file) => Uri.parse(file));
  }

  has(uri: Uri): boolean {
    return this.#files.has(uri.toString());
  }

  /** The state that was last uploaded, or in which the file was when it began to be watched. */
  findState(uri: Uri): FileState | undefined {
    return this.#files.get(uri.toString());
  }

  async keep(uri: Uri, state: FileState | undefined): Promise<void> {
    this.#files.set(uri.toString(), state);
    await this.#store([uri]);
  }

  async forget(uris: readonly Uri[]): Promise<void> {
    for (const uri of uris) this.#files.delete(uri.toString());
    await this.#store([...uris]);
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (!this.has(uri)) return undefined;
    const text = l10n.t("New renders are uploaded as clips");
    return new FileDecoration("◉", text, new ThemeColor("charts.blue"));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #store(changed: Uri[]): Promise<void> {
    this.#changed.fire(changed);
    this.#updateMenus();
    await this.#memento.update(key, [...this.#files]);
  }

  // In the form of the context key `resourcePath`, which has backslashes on Windows.
  #updateMenus(): void {
    const paths = this.list().map(({ fsPath }) => fsPath);
    void commands.executeCommand("setContext", "clipcourier.watchedFiles", paths);
  }
}
