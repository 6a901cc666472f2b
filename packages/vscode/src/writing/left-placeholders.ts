import { randomUUID } from "node:crypto";
import {
  type Disposable,
  type LogOutputChannel,
  l10n,
  type Memento,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import { asText } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import { nameOf } from "../upload/video-files.js";
import { offerLinks } from "./describe-insertion.js";
import type { Insertion } from "./insertion.js";
import { findLeftClip, type LeftClipContext } from "./left-clip.js";
import { replacePlaceholders, restorePlaceholder } from "./placeholders.js";
import {
  type AwaitedBatch,
  type StoredPlaceholder,
  selectAwaiting,
} from "./stored-placeholders.js";
import { writeClip } from "./write-clip.js";

export interface LeftPlaceholdersContext extends LeftClipContext {
  /** Of the workspace. */
  memento: Memento;
  log: LogOutputChannel;
}

const key = "clipcourier.placeholders";
const thisRun = randomUUID();

/**
 * Stores in the workspace state which placeholders wait for clips. Closing the editor leaves them in the
 * text. The next start inserts the clips that were made, and removes those whose uploads do not go on.
 */
export class LeftPlaceholders implements Disposable {
  readonly #context: LeftPlaceholdersContext;
  readonly #listeners: Disposable[] = [];
  /** The markers of those that are taken care of already. */
  readonly #settling = new Set<string>();

  constructor(context: LeftPlaceholdersContext) {
    this.#context = context;
  }

  async remember(insertion: Insertion): Promise<void> {
    const { id, serviceId, document, placeholders, clipIds } = insertion;
    const stored = placeholders.map(({ marker, video }) => ({
      ...{ run: thisRun, insertion: id, serviceId, marker },
      ...{ video: video.toString(), document: document.toString() },
      clip: clipIds.get(video.toString()),
    }));
    await this.#context.memento.update(key, [...this.#listOthers(stored), ...stored]);
  }

  async forget(placeholders: readonly { marker: string }[]): Promise<void> {
    await this.#context.memento.update(key, this.#listOthers(placeholders));
  }

  /** The videos that placeholders wait for, of this run and of earlier ones. */
  listVideos(): Uri[] {
    return this.#list().map(({ video }) => Uri.parse(video));
  }

  /** What an earlier run has left of the insertions that wait for these batches. */
  listAwaiting(batches: readonly AwaitedBatch[]): StoredPlaceholder[] {
    return selectAwaiting(this.#listLeft(), batches);
  }

  /**
   * Inserts the clips that an earlier run has left no time for, and removes its other placeholders, also
   * in documents that the editor opens later.
   *
   * @param kept the uploads that may go on
   */
  async settle(kept: readonly AwaitedBatch[]): Promise<void> {
    const awaiting = new Set(this.listAwaiting(kept).map(({ marker }) => marker));
    const left = this.#listLeft().filter(
      ({ marker }) => !awaiting.has(marker) && !this.#settling.has(marker),
    );
    for (const { marker } of left) this.#settling.add(marker);
    for (const one of left.filter(({ clip }) => clip === undefined)) await this.#remove(one);
    // These ask their services, and the others need not wait for that.
    for (const one of left.filter(({ clip }) => clip !== undefined)) await this.#insert(one);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  async #remove(one: StoredPlaceholder): Promise<void> {
    const placeholder = restorePlaceholder(one);
    const uri = Uri.parse(one.document);
    const missing = await replacePlaceholders(uri, [placeholder], () => "");
    if (missing.length > 0 && isUntitled(one))
      return this.#awaitDocument(one, () => this.#remove(one));
    await this.forget([one]);
    if (missing.length > 0) return;
    const text = l10n.t(
      "The upload of {0} was interrupted. Its placeholder was removed from {1}.",
      nameOf(placeholder.video),
      nameOf(uri),
    );
    this.#context.log.warn(text);
    void window.showWarningMessage(asText(text));
  }

  async #insert(one: StoredPlaceholder): Promise<void> {
    const uri = Uri.parse(one.document);
    const placeholder = restorePlaceholder(one);
    try {
      const clip = await findLeftClip(one, this.#context);
      if (clip === undefined) return await this.#remove(one);
      const write = (_: unknown, target: TextDocument) => writeClip(clip, target);
      const missing = await replacePlaceholders(uri, [placeholder], write);
      if (missing.length > 0 && isUntitled(one))
        return this.#awaitDocument(one, () => this.#insert(one));
      if (missing.length > 0) void offerLinks([{ uri: placeholder.video, clip }], uri);
      await this.forget([one]);
    } catch (error) {
      this.#context.log.error(error instanceof Error ? error : String(error));
      const { label = "" } = this.#context.services.find(one.serviceId ?? "") ?? {};
      const text = l10n.t(
        "The clip of {0} could not be inserted into {1}: {2} Reload the window to try again.",
        nameOf(placeholder.video),
        nameOf(uri),
        describeError(error, label),
      );
      void window.showErrorMessage(asText(text));
    }
  }

  #awaitDocument(one: StoredPlaceholder, again: () => Promise<void>): void {
    const listener = workspace.onDidOpenTextDocument((document) => {
      if (!document.getText().includes(one.marker)) return;
      listener.dispose();
      again().catch((error: unknown) => this.#context.log.error(String(error)));
    });
    this.#listeners.push(listener);
  }

  #listLeft(): StoredPlaceholder[] {
    return this.#list().filter(({ run }) => run !== thisRun);
  }

  #listOthers(placeholders: readonly { marker: string }[]): StoredPlaceholder[] {
    return this.#list().filter(({ marker }) => placeholders.every((one) => one.marker !== marker));
  }

  #list(): StoredPlaceholder[] {
    return this.#context.memento.get<StoredPlaceholder[]>(key, []);
  }
}

// Only the editor itself brings an untitled document back, when its tab is shown.
function isUntitled({ document }: StoredPlaceholder): boolean {
  return document.startsWith("untitled:");
}
