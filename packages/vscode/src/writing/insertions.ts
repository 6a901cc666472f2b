import {
  CancellationTokenSource,
  Disposable,
  l10n,
  type TextDocument,
  type TextDocumentChangeEvent,
  TextDocumentChangeReason,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { UploadedClip } from "../api.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { collectUris, type UnfinishedBatch } from "../upload/unfinished.js";
import { describeInsertion } from "./describe-insertion.js";
import { Absence, type Insertion, makeInsertion, restoreInsertion } from "./insertion.js";
import type { LeftPlaceholders } from "./left-placeholders.js";
import { type MakeClipsContext, makeClips } from "./make-clips.js";
import { passOver } from "./pass-over.js";
import {
  holdsAny,
  makePlaceholder,
  type Placeholder,
  replacePlaceholders,
  writePlaceholder,
} from "./placeholders.js";
import { writeClip } from "./write-clip.js";

export interface InsertionsContext extends MakeClipsContext {
  left: LeftPlaceholders;
  /** Called with videos that nothing uploads any more. */
  discard(videos: readonly Uri[]): Promise<void>;
}

// Time to paste elsewhere what was cut.
const grace = 10_000;

// So many can be brought back by undoing and redoing.
const mostSettled = 8;

// Typing inserts less at once, and a whole placeholder more, even in pieces.
const mostTyped = 4;

/**
 * Uploads videos whose placeholders appear in a document, and replaces those by the clips. An edit is
 * offered before anybody chooses it, and it can be undone and redone: so it is the text itself that
 * begins an upload when it appears, and ends it when it disappears.
 */
export class Insertions implements Disposable {
  readonly #context: InsertionsContext;
  readonly #listeners: Disposable;
  #insertions: Insertion[] = [];

  constructor(context: InsertionsContext) {
    this.#context = context;
    this.#listeners = Disposable.from(
      workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      workspace.onDidOpenTextDocument((document) => this.#findMoved(document)),
      workspace.onDidCloseTextDocument((document) => this.#close(document)),
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#rename(oldUri, newUri);
      }),
    );
  }

  /** The text whose appearance in the document begins the upload of these videos. */
  offer(videos: readonly Uri[], document: TextDocument): string {
    // What was offered for the document before was not chosen.
    this.#drop((one) => one.state === "offered" && isIn(one, document));
    const placeholders = videos.map(makePlaceholder);
    this.#insertions.push(makeInsertion(document.uri, placeholders));
    return placeholders.map((one) => writePlaceholder(one, document)).join("\n");
  }

  /**
   * Uploads the videos for which an earlier run of the editor has left placeholders.
   *
   * @param batches the interrupted uploads to one service
   * @param service that service; `undefined` where it is not known any more
   * @returns the other videos
   */
  goOn(batches: readonly UnfinishedBatch[], service: Service | undefined): Uri[] {
    const awaiting = this.#context.left.listAwaiting(batches);
    const insertions = Map.groupBy(awaiting, (one) => one.insertion);
    for (const [first, ...others] of insertions.values()) {
      if (first === undefined) continue;
      const insertion = restoreInsertion(first, others);
      insertion.isPresent = workspace.textDocuments.some((open) =>
        holdsAny(open.getText(), insertion.placeholders),
      );
      this.#insertions.push(insertion);
      this.#settle(this.#run(insertion, service));
    }
    const awaited = new Set(awaiting.map(({ video }) => video));
    return collectUris(batches).filter((video) => !awaited.has(video.toString()));
  }

  /**
   * Inserts the clips for which an earlier run has left placeholders, and removes the other ones.
   *
   * @param kept the uploads that may go on
   */
  settleLeft(kept: readonly UnfinishedBatch[]): void {
    this.#settle(this.#context.left.settle(kept));
  }

  dispose(): void {
    this.#listeners.dispose();
    for (const { absence } of this.#insertions) absence?.end();
  }

  #follow(event: TextDocumentChangeEvent): void {
    const { document, contentChanges, reason } = event;
    if (contentChanges.length === 0) return;
    const touched = this.#insertions.filter((one) => canTouch(event, one));
    if (touched.length === 0) return;
    // Not the changed parts: the editor splits a change into smaller ones, and may cut a marker up.
    const content = document.getText();
    for (const insertion of touched) {
      const wasPresent = insertion.isPresent;
      insertion.isPresent = holdsAny(content, insertion.placeholders);
      if (insertion.isPresent) this.#move(insertion, document.uri);
      if (insertion.isPresent && !wasPresent) this.#appear(insertion, document, reason);
      else if (insertion.state !== "uploading") continue;
      else if (insertion.isPresent) insertion.isWrittenOver = true;
      else if (wasPresent) this.#disappear(insertion, reason);
    }
  }

  #appear(
    insertion: Insertion,
    document: TextDocument,
    reason: TextDocumentChangeReason | undefined,
  ): void {
    const { state } = insertion;
    const isUndone = reason === TextDocumentChangeReason.Undo;
    if (state === "uploading") {
      insertion.isWrittenOver = true;
      insertion.absence?.end();
    } else if (state === "inserted" && reason === undefined) {
      this.#settle(this.#write(insertion));
    } else if (state === "inserted" || (state === "removed" && isUndone)) {
      this.#settle(passOver(insertion, document, isUndone ? "undo" : "redo"));
    } else {
      this.#settle(this.#run(insertion));
    }
  }

  #disappear(insertion: Insertion, reason: TextDocumentChangeReason | undefined): void {
    if (reason === TextDocumentChangeReason.Undo) {
      insertion.source?.cancel();
      return;
    }
    if (this.#findElsewhere(insertion)) return;
    const giveUp = () => {
      if (!this.#findElsewhere(insertion)) insertion.source?.cancel();
    };
    insertion.absence = new Absence(giveUp, grace);
  }

  // A renamed file has its text in another document before that of the old one changes.
  #findElsewhere(insertion: Insertion): boolean {
    const document = workspace.textDocuments.find((one) =>
      holdsAny(one.getText(), insertion.placeholders),
    );
    if (document === undefined) return false;
    this.#move(insertion, document.uri);
    insertion.isPresent = true;
    return true;
  }

  /** @param service default: the active one */
  async #run(insertion: Insertion, service?: Service): Promise<void> {
    const { uploads, left } = this.#context;
    const requireService = async () => {
      const found = service ?? (await this.#context.requireService());
      insertion.serviceId = found?.id;
      await left.remember(insertion);
      return found;
    };
    const source = new CancellationTokenSource();
    Object.assign(insertion, { state: "uploading", source, isWrittenOver: false, isSwept: false });
    insertion.serviceId = service?.id;
    insertion.clipIds.clear();
    // A reload before its pictures are there must not lose a clip.
    const onClip = ({ uri, clip }: UploadedClip) => {
      insertion.clipIds.set(uri.toString(), clip.id);
      this.#settle(left.remember(insertion));
    };
    await left.remember(insertion);
    const videos = insertion.placeholders.map(({ video }) => video);
    const { report, clips } = await makeClips(
      videos,
      { token: source.token, onClip },
      { ...this.#context, requireService },
    );
    // What was cut can still be pasted.
    await insertion.absence?.ended;
    const isStopped = source.token.isCancellationRequested;
    source.dispose();
    // The next start of the editor takes care of the placeholders.
    if (uploads.isClosing) return;
    Object.assign(insertion, { clips, source: undefined, absence: undefined });
    if (isStopped && clips.size === 0 && insertion.isPresent) return this.#run(insertion, service);
    insertion.state = clips.size > 0 ? "inserted" : isStopped ? "stopped" : "removed";
    if (insertion.state === "inserted") void this.#context.discard(videos);
    const missing = new Set((await this.#write(insertion)).map(({ video }) => video.toString()));
    await left.forget(insertion.placeholders);
    this.#dropOldest();
    if (report === undefined) return;
    const lost = report.clips.filter(({ uri }) => missing.has(uri.toString()));
    const { document } = insertion;
    const showLog = () => this.#context.log.show();
    await describeInsertion({ report, lost, document, showLog });
  }

  /** Puts the clips in the places of the placeholders, or nothing where there is none. */
  #write({ document, placeholders, clips }: Insertion): Promise<Placeholder[]> {
    return replacePlaceholders(document, placeholders, ({ video }, target) => {
      const clip = clips.get(video.toString());
      return clip === undefined ? "" : writeClip(clip, target);
    });
  }

  #settle(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#context.log.error(error instanceof Error ? error : String(error));
      const reason = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(asText(l10n.t("The clip could not be inserted: {0}", reason)));
    });
  }

  // Saving an untitled document opens another one, and so does renaming.
  #findMoved(document: TextDocument): void {
    const uploading = this.#insertions.filter(({ state }) => state === "uploading");
    if (uploading.length === 0) return;
    const content = document.getText();
    for (const insertion of uploading) {
      if (!holdsAny(content, insertion.placeholders)) continue;
      this.#move(insertion, document.uri);
      insertion.isPresent = true;
      insertion.absence?.end();
    }
  }

  #close(document: TextDocument): void {
    this.#drop((one) => one.state !== "uploading" && isIn(one, document));
  }

  #rename(from: Uri, to: Uri): void {
    for (const insertion of this.#insertions) {
      const { document } = insertion;
      if (document.scheme !== from.scheme || document.authority !== from.authority) continue;
      const rest = document.path.slice(from.path.length);
      const isBelow = document.path.startsWith(from.path) && /^(\/|$)/.test(rest);
      if (isBelow) this.#move(insertion, to.with({ path: to.path + rest }));
    }
  }

  #move(insertion: Insertion, document: Uri): void {
    if (insertion.document.toString() === document.toString()) return;
    insertion.document = document;
    if (insertion.state === "uploading") this.#settle(this.#context.left.remember(insertion));
  }

  #dropOldest(): void {
    const settled = this.#insertions.filter(
      ({ state }) => state !== "uploading" && state !== "offered",
    );
    const oldest = new Set(settled.slice(0, -mostSettled));
    this.#drop((one) => oldest.has(one));
  }

  #drop(isDropped: (insertion: Insertion) => boolean): void {
    const dropped = this.#insertions.filter(isDropped);
    if (dropped.length === 0) return;
    this.#insertions = this.#insertions.filter((one) => !dropped.includes(one));
    const videos = dropped.flatMap(({ placeholders }) => placeholders.map(({ video }) => video));
    void this.#context.discard(videos);
  }
}

function isIn({ document }: Insertion, { uri }: TextDocument): boolean {
  return document.toString() === uri.toString();
}

/** Whether a change can bring placeholders, or take them away. */
function canTouch(event: TextDocumentChangeEvent, insertion: Insertion): boolean {
  const { document, contentChanges, reason } = event;
  if (isIn(insertion, document)) {
    if (insertion.state === "uploading" || insertion.isPresent || reason !== undefined) return true;
    return contentChanges.reduce((sum, { text }) => sum + text.length, 0) > mostTyped;
  }
  // A copy elsewhere is no move.
  if (insertion.state === "offered" || insertion.isPresent) return false;
  return contentChanges.some(({ text }) => holdsAny(text, insertion.placeholders));
}
