import {
  CancellationTokenSource,
  commands,
  type LogOutputChannel,
  l10n,
  Uri,
  window,
} from "vscode";
import type { FailedVideo, UploadedClip } from "../api.js";
import type { Service, Services } from "../services/services.js";
import { asText, withoutIcons } from "../texts/as-text.js";
import type { Uploads } from "../upload/uploads.js";
import { nameOf } from "../upload/video-files.js";
import { isInFolderOf, leadsAway } from "./look.js";
import type { FileState } from "./settling.js";

export interface RenderUploadsContext {
  uploads: Uploads;
  services: Services;
  log: LogOutputChannel;
  /** Whether a file is watched still. */
  isWatched(file: string): boolean;
  /** Whether the next start of the editor looks at a file by itself. */
  isLookedAtAgain(uri: Uri): boolean;
  /** Called for each file that is a clip now, with the state in which it was uploaded. */
  onUploaded(uri: Uri, state: FileState): void;
  /** Called when a file was written again during its upload. */
  onChanged(file: string): void;
  /** Called with the clips of a batch. */
  onClips(clips: readonly UploadedClip[], service: Service): void;
}

// Up to so many renders are uploaded at once without asking: a checkout can write any number of videos.
const mostUnasked = 10;
const messageTime = 5_000;

/** Uploads renders that have settled, one batch after the other, and quietly. */
export class RenderUploads {
  readonly #context: RenderUploadsContext;
  readonly #waiting = new Map<string, FileState>();
  /** Files whose failure was told. It is not told again before one of their uploads succeeds. */
  readonly #told = new Set<string>();
  /** Files that the person has agreed to upload. */
  readonly #wanted = new Set<string>();
  #running: { files: Map<string, FileState>; source: CancellationTokenSource } | undefined;

  constructor(context: RenderUploadsContext) {
    this.#context = context;
  }

  add(file: string, state: FileState): void {
    this.#waiting.set(file, state);
    if (this.#running === undefined) void this.#run();
  }

  /** Uploads a file no longer, and stops its upload if that is running. */
  remove(file: string): void {
    this.#waiting.delete(file);
    if (this.#running?.files.delete(file)) this.#running.source.cancel();
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const files = new Map(this.#waiting);
      this.#waiting.clear();
      const source = new CancellationTokenSource();
      this.#running = { files, source };
      try {
        await this.#upload(files, source);
      } catch (error) {
        this.#context.log.error(`New renders were not uploaded: ${String(error)}`);
      } finally {
        source.dispose();
        this.#running = undefined;
      }
    }
  }

  async #upload(files: Map<string, FileState>, { token }: CancellationTokenSource): Promise<void> {
    const { uploads, services, log } = this.#context;
    if (!this.#isWanted(files)) return;
    const service = services.active;
    if (service === undefined) {
      this.#askToConnect(files);
      return;
    }
    // A file can have waited for minutes, and be a link by now.
    for (const file of files.keys()) if (await leadsAway(Uri.parse(file))) files.delete(file);
    if (files.size === 0) return;
    const uris = [...files.keys()].map((file) => Uri.parse(file));
    log.info(`New renders: ${uris.map(nameOf).join(", ")}`);
    const selection = { files: uris, leftOut: [] };
    const options = {
      ...{ token, showSummary: false, isQuiet: true },
      isOffered: (uri: Uri) => !this.#context.isLookedAtAgain(uri),
      // It can become a link while others of its batch are uploaded, too.
      mayBeAt: isInFolderOf,
    };
    const report = await uploads.upload(selection, options, service);
    for (const { uri } of report?.clips ?? []) this.#succeed(uri, files);
    for (const failure of report?.failures ?? []) this.#fail(failure);
    const clips = report?.clips ?? [];
    if (clips.length > 0) {
      window.setStatusBarMessage(`$(check) ${withoutIcons(describeClips(clips))}`, messageTime);
      this.#context.onClips(clips, service);
    }
    if (!report?.cancelled) return;
    if (token.isCancellationRequested) this.#addRest(files, uris, report.clips);
    // The person has cancelled all uploads, and these are the next.
    else this.#waiting.clear();
  }

  #succeed(uri: Uri, files: Map<string, FileState>): void {
    const file = uri.toString();
    this.#told.delete(file);
    const state = files.get(file);
    if (state !== undefined) this.#context.onUploaded(uri, state);
  }

  #fail({ uri, code, message }: FailedVideo): void {
    const file = uri.toString();
    if (code === "source_changed") {
      this.#context.onChanged(file);
      return;
    }
    if (this.#told.has(file)) return;
    this.#told.add(file);
    const text = l10n.t("The new render of {0} was not uploaded: {1}", nameOf(uri), message);
    void this.#show(text, l10n.t("Show Log"), "clipcourier.showLog");
  }

  /** One of a batch is no longer watched, and the others were stopped with it. */
  #addRest(
    files: ReadonlyMap<string, FileState>,
    uris: readonly Uri[],
    clips: readonly UploadedClip[],
  ): void {
    const made = new Set(clips.map(({ uri }) => uri.toString()));
    for (const file of uris.map(String)) {
      const state = files.get(file);
      if (state !== undefined && !made.has(file)) this.#waiting.set(file, state);
    }
  }

  /** Whether there are so few files that nobody is asked, or the person has agreed to them. */
  #isWanted(files: ReadonlyMap<string, FileState>): boolean {
    const unasked = [...files.keys()].filter((file) => !this.#wanted.delete(file));
    if (unasked.length <= mostUnasked) return true;
    const yes = l10n.t("Upload");
    const text = l10n.t("{0} watched videos were written. Upload them as clips?", files.size);
    // Not awaited: what is written meanwhile does not wait for the answer.
    void window.showWarningMessage(text, yes, l10n.t("Not Now")).then((answer) => {
      if (answer !== yes) return;
      for (const file of files.keys()) this.#wanted.add(file);
      this.#addAll(files);
    });
    return false;
  }

  #askToConnect(files: ReadonlyMap<string, FileState>): void {
    const untold = [...files.keys()].filter((file) => !this.#told.has(file));
    if (untold.length === 0) return;
    for (const file of untold) this.#told.add(file);
    const names = untold.map((file) => nameOf(Uri.parse(file))).join(", ");
    const text = l10n.t("There is no service to upload the new render to: {0}.", names);
    const connecting = this.#show(text, l10n.t("Connect to a service…"), "clipcourier.connect");
    void connecting.then(() => {
      if (this.#context.services.active !== undefined) this.#addAll(files);
    });
  }

  #addAll(files: ReadonlyMap<string, FileState>): void {
    // The person can have stopped watching some before they answered.
    const watched = [...files].filter(([file]) => this.#context.isWatched(file));
    for (const [file, state] of watched) this.add(file, state);
  }

  async #show(text: string, button: string, command: string): Promise<void> {
    if ((await window.showWarningMessage(asText(text), button)) === button)
      await commands.executeCommand(command);
  }
}

function describeClips(clips: readonly UploadedClip[]): string {
  const [first] = clips;
  return clips.length === 1 && first !== undefined
    ? l10n.t("{0} is a clip now.", nameOf(first.uri))
    : l10n.t("{0} files are clips now.", clips.length);
}
