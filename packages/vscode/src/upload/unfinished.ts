import { randomUUID } from "node:crypto";
import { type Memento, Uri } from "vscode";

/** A batch that has begun and not finished. */
export interface UnfinishedBatch {
  id: string;
  /** The id of the editor's run in which it began. */
  run: string;
  serviceId: string;
  /** The URIs of its videos that have not finished. */
  uris: string[];
}

const key = "clipcourier.unfinished";
const thisRun = randomUUID();

/**
 * Stores in the workspace state what is being uploaded, so that it can be resumed after a crash.
 */
export class UnfinishedBatches {
  readonly #memento: Memento;
  #isClosing = false;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  /** The batches that an earlier run of the editor has not finished. */
  listLeft(): UnfinishedBatch[] {
    return this.#list().filter(({ run }) => run !== thisRun);
  }

  /** The videos that no run has finished. */
  listVideos(): Uri[] {
    return collectUris(this.#list());
  }

  async begin(serviceId: string, uris: readonly Uri[]): Promise<string> {
    const id = randomUUID();
    const batch = { id, run: thisRun, serviceId, uris: uris.map(String) };
    await this.#memento.update(key, [...this.#list(), batch]);
    return id;
  }

  /** Removes a video that is a clip or has failed. */
  async end(id: string, uri: Uri): Promise<void> {
    if (this.#isClosing) return;
    const rest = (batch: UnfinishedBatch) => batch.uris.filter((one) => one !== uri.toString());
    await this.#memento.update(
      key,
      this.#list().map((batch) => (batch.id === id ? { ...batch, uris: rest(batch) } : batch)),
    );
  }

  async forget(ids: readonly string[]): Promise<void> {
    if (this.#isClosing) return;
    await this.#memento.update(
      key,
      this.#list().filter(({ id }) => !ids.includes(id)),
    );
  }

  /** The editor closes: uploads that this stops are kept, so that they can be resumed. */
  close(): void {
    this.#isClosing = true;
  }

  #list(): UnfinishedBatch[] {
    return this.#memento.get<UnfinishedBatch[]>(key, []);
  }
}

/** The videos of several batches, each once. */
export function collectUris(batches: readonly UnfinishedBatch[]): Uri[] {
  return [...new Set(batches.flatMap(({ uris }) => uris))].map((uri) => Uri.parse(uri));
}
