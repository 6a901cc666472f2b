import {
  Disposable,
  type FileSystemWatcher,
  type LogOutputChannel,
  type Memento,
  RelativePattern,
  Uri,
  workspace,
} from "vscode";
import { isVideo } from "../upload/video-files.js";
import { leadsAway, lookAt } from "./look.js";
import { PatternMatches } from "./pattern-matches.js";
import { AllowedPatterns } from "./patterns.js";
import type { RenderUploads } from "./render-uploads.js";
import { type FileState, isSame, Settling } from "./settling.js";
import type { WatchedFiles } from "./watched-files.js";

// Two looks that are this far apart, in ms, show whether a file is still being written.
const interval = 4_000;
const generated = /\/(node_modules|\.git)\//;

/** Watches single files, and what the patterns of the setting `clipcourier.watch` match. */
export class RenderWatch implements Disposable {
  readonly #files: WatchedFiles;
  readonly #allowed: AllowedPatterns;
  readonly #uploads: RenderUploads;
  readonly #log: LogOutputChannel;
  readonly #onChange: () => void;
  readonly #settling: Settling;
  readonly #disposables: Disposable[];
  readonly #matches = new PatternMatches();
  #watchers: FileSystemWatcher[] = [];
  #patterns: string[] = [];

  constructor(options: {
    files: WatchedFiles;
    memento: Memento;
    uploads: RenderUploads;
    log: LogOutputChannel;
    /** Called when other files or patterns are watched. */
    onChange(): void;
  }) {
    this.#files = options.files;
    this.#uploads = options.uploads;
    this.#log = options.log;
    this.#onChange = options.onChange;
    this.#settling = new Settling({
      interval,
      look: (file) => this.#look(Uri.parse(file)),
      onSettled: (file, state) => {
        const isNew = !isSame(state, this.#files.findState(Uri.parse(file)));
        if (isNew && this.isWatched(file)) this.#uploads.add(file, state);
      },
    });
    const update = () => this.#updatePatterns();
    this.#allowed = new AllowedPatterns(options.memento, update);
    this.#disposables = [
      workspace.onDidGrantWorkspaceTrust(update),
      workspace.onDidChangeWorkspaceFolders(update),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("clipcourier.watch")) update();
      }),
    ];
  }

  get patterns(): readonly string[] {
    return this.#patterns;
  }

  /** Goes on with what an earlier run has watched. A file that was written meanwhile is looked at. */
  async start(): Promise<void> {
    this.#watchAnew();
    for (const uri of this.#files.list()) {
      const state = await this.#look(uri);
      if (typeof state === "object" && !isSame(state, this.#files.findState(uri)))
        this.touch(uri.toString());
    }
    this.#updatePatterns();
  }

  /** Resolves with the files that are not watched, because they are links out of their folder. */
  async add(uris: readonly Uri[]): Promise<Uri[]> {
    const refused: Uri[] = [];
    for (const uri of uris.filter((one) => !this.#files.has(one))) {
      if (await leadsAway(uri)) {
        refused.push(uri);
        continue;
      }
      const state = await lookAt(uri);
      await this.#files.keep(uri, typeof state === "object" ? state : undefined);
    }
    this.#watchAnew();
    return refused;
  }

  async remove(uris: readonly Uri[]): Promise<void> {
    await this.#files.forget(uris);
    this.#drop(uris.map(String));
    this.#watchAnew();
  }

  /** Whether a file is watched, by itself or because it was written where a pattern matches. */
  isWatched(file: string): boolean {
    return this.#files.has(Uri.parse(file)) || this.#matches.has(file);
  }

  /** A file was written: it is uploaded when it has settled. */
  touch(file: string): void {
    this.#settling.touch(file);
  }

  dispose(): void {
    this.#settling[Symbol.dispose]();
    Disposable.from(...this.#watchers, ...this.#disposables).dispose();
  }

  /** Waits no longer for files, and stops their uploads, where nothing else watches them. */
  #drop(files: readonly string[]): void {
    for (const file of files.filter((one) => !this.isWatched(one))) {
      this.#settling.forget(file);
      this.#uploads.remove(file);
    }
  }

  // Whoever writes into the workspace must not choose a file elsewhere.
  async #look(uri: Uri): Promise<FileState | "busy" | "gone"> {
    if (!(await leadsAway(uri))) return lookAt(uri);
    this.#log.warn(`${uri.toString()} is a link to a file elsewhere, which is not uploaded`);
    return "gone";
  }

  #updatePatterns(): void {
    this.#patterns = this.#allowed.list();
    this.#watchAnew();
    void this.#allowed.ask();
  }

  #watchAnew(): void {
    Disposable.from(...this.#watchers).dispose();
    const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    const places = folders.flatMap((folder) =>
      this.#patterns.map((pattern) => ({ folder, pattern, id: `${folder} ${pattern}` })),
    );
    this.#watchers = [
      ...this.#watchFolders(),
      ...places.map(({ folder, pattern, id }) =>
        this.#watch(folder, pattern, isRender, (file) => this.#matches.add(file, id)),
      ),
    ];
    this.#drop(this.#matches.keepOnly(new Set(places.map(({ id }) => id))));
    this.#onChange();
  }

  // A name can have signs that mean something in a pattern, so its folder is watched.
  #watchFolders(): FileSystemWatcher[] {
    const folders = this.#files.list().map((uri) => Uri.joinPath(uri, ".."));
    const distinct = new Map(folders.map((folder) => [folder.toString(), folder]));
    return [...distinct.values()].map((folder) =>
      this.#watch(folder, "*", (uri) => this.#files.has(uri)),
    );
  }

  #watch(
    folder: Uri,
    pattern: string,
    isMeant: (uri: Uri) => boolean,
    onMatch: (file: string) => void = () => {},
  ): FileSystemWatcher {
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, pattern));
    const touch = (uri: Uri) => {
      if (!isMeant(uri)) return;
      onMatch(uri.toString());
      this.touch(uri.toString());
    };
    watcher.onDidCreate(touch);
    watcher.onDidChange(touch);
    watcher.onDidDelete((uri) => {
      if (isMeant(uri)) this.#settling.forget(uri.toString());
    });
    return watcher;
  }
}

function isRender(uri: Uri): boolean {
  return isVideo(uri) && !generated.test(uri.path);
}
