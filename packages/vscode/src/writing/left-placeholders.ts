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

export interface StoredPlaceholder {
  /** The id of the editor's run in which it was written. */
  run: string;
  marker: string;
  /** The URI of its video. */
  video: string;
  /** The URI of the document in which it stood last. */
  document: string;
}

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

  async remember({ document, placeholders }: Insertion): Promise<void> {
    const stored = placeholders.map(({ marker, video }) => ({
      ...{ run: thisRun, marker },
      ...{ video: video.toString(), document: document.toString() },
    }));
    await this.#memento.update(key, [...this.#listOthers(stored), ...stored]);
  }

  async forget(placeholders: readonly { marker: string }[]): Promise<void> {
    await this.#memento.update(key, this.#listOthers(placeholders));
  }

  /** What an earlier run has left in the documents that wait for any of these videos. */
  listAwaiting(videos: readonly Uri[]): StoredPlaceholder[] {
    const wanted = new Set(videos.map(String));
    const awaiting = this.#listLeft().filter(({ video }) => wanted.has(video));
    const documents = new Set(awaiting.map(({ document }) => document));
    return this.#listLeft().filter(({ document }) => documents.has(document));
  }

  /**
   * Removes what an earlier run has left, also from documents that the editor opens later.
   *
   * @param kept videos whose uploads may go on
   */
  async removeLeft(kept: readonly Uri[]): Promise<void> {
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
