import { commands, type Disposable, FileType, Uri, workspace } from "vscode";
import { findVideos, isVideo } from "./video-files.js";

const foldersKey = "clipcourier.foldersWithVideos";
const anyKey = "clipcourier.hasVideos";
const settleTime = 300;

/**
 * Maintains the context keys with the paths of all folders that have videos in them or below them, and
 * whether there is any video. Menus need them: the conditions of the Explorer cannot look into folders,
 * and those of the Source Control view do not know the names of files.
 */
export class VideoFolders implements Disposable {
  readonly #videos = new Map<string, Uri>();
  readonly #stop = new AbortController();
  readonly #disposables: Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const watcher = workspace.createFileSystemWatcher("**/*", false, true, false);
    this.#disposables = [
      watcher,
      watcher.onDidCreate((uri) => this.#add(uri)),
      watcher.onDidDelete((uri) => this.#remove(uri)),
      workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) this.#remove(uri);
        for (const { uri } of added) void this.#scan(uri);
      }),
    ];
    for (const { uri } of workspace.workspaceFolders ?? []) void this.#scan(uri);
  }

  dispose(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #scan(folder: Uri): Promise<void> {
    for (const video of await findVideos(folder, this.#stop.signal)) {
      this.#videos.set(video.path, video);
    }
    this.#updateSoon();
  }

  async #add(uri: Uri): Promise<void> {
    if (isVideo(uri)) {
      this.#videos.set(uri.path, uri);
      this.#updateSoon();
      return;
    }
    const type = await workspace.fs.stat(uri).then(
      (stat) => stat.type,
      () => FileType.Unknown,
    );
    if (type === FileType.Directory) await this.#scan(uri);
  }

  #remove({ path }: Uri): void {
    for (const video of this.#videos.keys()) {
      if (video === path || video.startsWith(`${path}/`)) this.#videos.delete(video);
    }
    this.#updateSoon();
  }

  // After a moment, because a checkout or a render changes many files at once.
  #updateSoon(): void {
    if (this.#stop.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void commands.executeCommand("setContext", foldersKey, this.#listFolders());
      void commands.executeCommand("setContext", anyKey, this.#videos.size > 0);
    }, settleTime);
  }

  // In the form of the context key `resourcePath`, which has backslashes on Windows.
  #listFolders(): string[] {
    const folders = new Map<string, string>();
    for (const video of this.#videos.values()) {
      let folder = Uri.joinPath(video, "..");
      while (!folders.has(folder.path) && folder.path !== "/") {
        folders.set(folder.path, folder.fsPath);
        folder = Uri.joinPath(folder, "..");
      }
    }
    return [...folders.values()];
  }
}
