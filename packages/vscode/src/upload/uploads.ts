import { type LogOutputChannel, ProgressLocation, type Uri, window } from "vscode";
import type { ApiUploadOptions, UploadedClip, UploadReport } from "../api.js";
import { copyLinks } from "../clips/clip-links.js";
import type { LocalFiles } from "../clips/local-files.js";
import type { Clients } from "../services/clients.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { BatchDisplay, type BatchDisplayOptions } from "./batch-display.js";
import { describeBatch } from "./describe-batch.js";
import type { RunningStatus } from "./running-status.js";
import type { Selection } from "./selection.js";
import { describeMissingChapters, type Summary, showSummary } from "./summary.js";
import type { UnfinishedBatches } from "./unfinished.js";
import { uploadBatch } from "./upload-batch.js";

export interface UploadsContext {
  clients: Clients;
  log: LogOutputChannel;
  status: RunningStatus;
  unfinished: UnfinishedBatches;
  localFiles: LocalFiles;
  /**
   * The active service. Without one, asks to connect to one; `undefined` when the person cancels.
   */
  requireService(): Promise<Service | undefined>;
  /** Asks for a service's keys again; `undefined` when the person cancels. */
  connect(service: Service): Promise<Service | undefined>;
  startService(service: Service): Promise<void>;
  openClips(clips: readonly UploadedClip[], service: Service | undefined): Promise<void>;
  /** Called when there is a new clip, even a pending one, and when a batch has finished. */
  onUploaded(): void;
}

/** How the extension's own parts start an upload. */
export interface UploadOptions extends ApiUploadOptions {
  /**
   * Whether the progress is in the status bar alone, and clips without their chapters are in the log alone.
   *
   * @default false
   */
  isQuiet?: boolean;
  /**
   * Whether an interrupted upload of a file is offered to be resumed after a reload.
   *
   * @default every one is
   */
  isOffered?(uri: Uri): boolean;
  /**
   * Whether a file of a disk may be uploaded from this place. It is asked when the file is open, and the
   * place is that of the open file, without links.
   *
   * @default every one may
   */
  mayBeAt?(uri: Uri, place: Uri): boolean | Promise<boolean>;
  /** Called when a file has become a clip, before its upload counts as finished. */
  onClip?(made: UploadedClip): void;
}

interface SendOptions extends Pick<BatchDisplayOptions, "id" | "progress"> {
  signal: AbortSignal;
  mayBeAt: UploadOptions["mayBeAt"];
  onClip: UploadOptions["onClip"];
}

/** Runs uploads with what a person sees of them: progress, cancelling, a summary for each batch. */
export class Uploads {
  readonly #context: UploadsContext;
  readonly #running = new Set<AbortController>();
  #isClosing = false;

  constructor(context: UploadsContext) {
    this.#context = context;
  }

  /** Whether the editor closes, so that what has stopped was stopped by that. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Uploads what was chosen; `undefined` when the person connects to no service. */
  async upload(
    selection: Selection,
    options: UploadOptions = {},
    given?: Service,
  ): Promise<UploadReport | undefined> {
    const { files, leftOut } = selection;
    const isShown = options.showSummary ?? true;
    if (files.length === 0) {
      const report = { clips: [], failures: [], leftOut, cancelled: false };
      if (isShown && leftOut.length > 0) void this.#summarize(report, selection, undefined);
      return report;
    }
    const service = given ?? (await this.#context.requireService());
    if (service === undefined) return undefined;
    const { missingChapters, ...report } = await this.#run(selection, service, options);
    if (report.clips.length > 0) this.#context.onUploaded();
    if (this.#isClosing) return report;
    if (isShown) void this.#summarize(report, selection, service, missingChapters);
    else if (!options.isQuiet && missingChapters.length > 0) {
      void window.showWarningMessage(asText(describeMissingChapters(missingChapters)));
    }
    return report;
  }

  /** Cancels all uploads. */
  cancel(): void {
    for (const controller of this.#running) controller.abort();
  }

  /** Stops all uploads. The next start of the editor offers to resume them. */
  close(): void {
    this.#isClosing = true;
    this.#context.unfinished.close();
    this.cancel();
  }

  async #run(
    { files, leftOut }: Selection,
    service: Service,
    { token, isQuiet = false, isOffered = () => true, mayBeAt, onClip }: UploadOptions,
  ): Promise<UploadReport & Pick<Summary, "missingChapters">> {
    const { status, unfinished, log } = this.#context;
    const id = await unfinished.begin(service.id, files.filter(isOffered));
    const controller = new AbortController();
    this.#running.add(controller);
    status.update(id, undefined);
    const abort = () => controller.abort();
    const listener = token?.onCancellationRequested(abort);
    if (token?.isCancellationRequested) abort();
    log.info(`${files.length} to ${service.label}: ${files.map(String).join(", ")}`);
    try {
      const report = await window.withProgress(
        {
          location: isQuiet ? ProgressLocation.Window : ProgressLocation.Notification,
          title: asText(describeBatch(files)),
          cancellable: true,
        },
        (progress, cancel) => {
          cancel.onCancellationRequested(abort);
          const { signal } = controller;
          return this.#send(files, service, { id, progress, signal, mayBeAt, onClip });
        },
      );
      if (report.cancelled) {
        const { clips, failures } = report;
        log.info(
          `Cancelled: ${clips.length} of ${files.length} became clips, ${failures.length} failed`,
        );
      }
      return { ...report, leftOut };
    } finally {
      listener?.dispose();
      this.#running.delete(controller);
      status.remove(id);
      await unfinished.forget([id]);
    }
  }

  async #send(
    files: readonly Uri[],
    service: Service,
    { id, progress, signal, mayBeAt, onClip }: SendOptions,
  ): Promise<Awaited<ReturnType<typeof uploadBatch>>> {
    const { clients, log, status, unfinished, localFiles } = this.#context;
    const pending = new Set<number>();
    using display = new BatchDisplay({ id, service: service.label, progress, status });
    const report = await uploadBatch(files, {
      openClient: () => clients.open(service),
      host: service.label,
      log,
      signal,
      mayBeAt,
      onClip,
      onOpened: (opened) => display.open(opened.map(({ size }) => size)),
      onProgress: (state) => {
        display.update(state);
        if (state.phase !== "processing" || pending.has(state.index)) return;
        pending.add(state.index);
        this.#context.onUploaded();
      },
      onRetry: (event) => display.fail(event),
      onEnded({ uri }, index, end) {
        display.finish(index, end);
        void unfinished.end(id, uri);
      },
    });
    await localFiles.remember(report.clips, service);
    return report;
  }

  #summarize(
    report: UploadReport,
    { files }: Selection,
    service: Service | undefined,
    missingChapters: Summary["missingChapters"] = [],
  ): Promise<void> {
    const { log, clients, openClips, connect, startService } = this.#context;
    const ended = new Set([...report.clips, ...report.failures].map(({ uri }) => uri));
    return showSummary({
      ...{ report, missingChapters },
      count: files.length,
      unfinished: files.filter((uri) => !ended.has(uri)),
      startService: service?.isLocal ? () => startService(service) : undefined,
      retry: async (uris, to = service) => {
        await this.upload({ files: [...uris], leftOut: [] }, {}, to);
      },
      openClips: (clips) => openClips(clips, service),
      copyLinks: (clips) =>
        copyLinks(
          clips.map(({ clip }) => clip),
          service,
          { clients, log },
        ),
      connect: async () => service && (await connect(service)),
      showLog: () => log.show(),
    });
  }
}
