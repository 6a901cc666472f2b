import { randomUUID } from "node:crypto";
import {
  type Disposable,
  type LogOutputChannel,
  l10n,
  type Memento,
  Uri,
  window,
  workspace,
} from "vscode";
import { asText } from "../texts/as-text.js";
import { nameOf } from "../upload/video-files.js";
import type { Insertion } from "./insertion.js";
import { replacePlaceholders } from "./placeholders.js";
import {
  type AwaitedBatch,
  type StoredPlaceholder,
  selectAwaiting,
} from "./stored-placeholders.js";

const key = "clipcourier.placeholders";
const thisRun = randomUUID();

/**
 * Stores in the workspace state which placeholders wait for clips. Closing the editor leaves them in the
 * text. The next start removes those whose uploads do not go on.
 */
export class LeftPlaceholders implements Disposable {
  readonly #memento: Memento;
  readonly #log: LogOutputChannel;
  readonly #listeners: Disposable[] = [];

  constructor(memento: Memento, log: LogOutputChannel) {
    this.#memento = memento;
    this.#log = log;
  }

  async remember({ id, serviceId, document, placeholders }: Insertion): Promise<void> {
    const stored = placeholders.map(({ marker, video }) => ({
      ...{ run: thisRun, insertion: id, serviceId, marker },
      ...{ video: video.toString(), document: document.toString() },
    }));
    await this.#memento.update(key, [...this.#listOthers(stored), ...stored]);
  }

  async forget(placeholders: readonly { marker: string }[]): Promise<void> {
    await this.#memento.update(key, this.#listOthers(placeholders));
  }

  /** What an earlier run has left of the insertions that wait for these batches. */
  listAwaiting(batches: readonly AwaitedBatch[]): StoredPlaceholder[] {
    return selectAwaiting(this.#listLeft(), batches);
  }

  /**
   * Removes what an earlier run has left, also from documents that the editor opens later.
   *
   * @param kept the uploads that may go on
   */
  async removeLeft(kept: readonly AwaitedBatch[]): Promise<void> {
    const awaiting = new Set(this.listAwaiting(kept).map(({ marker }) => marker));
    const left = this.#listLeft().filter(({ marker }) => !awaiting.has(marker));
    const missing: StoredPlaceholder[] = [];
    for (const one of left) if (!(await this.#remove(one))) missing.push(one);
    // Only the editor itself brings an untitled document back, when its tab is shown.
    const untitled = missing.filter(({ document }) => document.startsWith("untitled:"));
    await this.forget(missing.filter((one) => !untitled.includes(one)));
    if (untitled.length === 0) return;
    const listener = workspace.onDidOpenTextDocument((document) => {
      const here = untitled.filter(({ marker }) => document.getText().includes(marker));
      for (const one of here) void this.#remove(one);
    });
    this.#listeners.push(listener);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  async #remove({ marker, video, document }: StoredPlaceholder): Promise<boolean> {
    const placeholder = { marker, video: Uri.parse(video) };
    const uri = Uri.parse(document);
    const missing = await replacePlaceholders(uri, [placeholder], () => "");
    if (missing.length > 0) return false;
    const text = l10n.t(
      "The upload of {0} was interrupted. Its placeholder was removed from {1}.",
      nameOf(placeholder.video),
      nameOf(uri),
    );
    this.#log.warn(text);
    void window.showWarningMessage(asText(text));
    await this.forget([placeholder]);
    return true;
  }

  #listLeft(): StoredPlaceholder[] {
    return this.#list().filter(({ run }) => run !== thisRun);
  }

  #listOthers(placeholders: readonly { marker: string }[]): StoredPlaceholder[] {
    return this.#list().filter(({ marker }) => placeholders.every((one) => one.marker !== marker));
  }

  #list(): StoredPlaceholder[] {
    return this.#memento.get<StoredPlaceholder[]>(key, []);
  }
}
