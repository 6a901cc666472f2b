import { randomUUID } from "node:crypto";
import { type Memento, Uri } from "vscode";

/** A batch that was begun and whose end nobody has seen. */
export interface UnfinishedBatch {
  id: string;
  /** Which run of the editor began it. */
  run: string;
  serviceId: string;
  /** The videos that are not clips yet, as URIs. */
  uris: string[];
}

const key = "clipcourier.unfinished";
const thisRun = randomUUID();

/** Remembers in the workspace what is being uploaded, so that a crash or a reload loses nothing. */
export class UnfinishedBatches {
  readonly #memento: Memento;
  #isClosing = false;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  /** What an earlier run of the editor has left. */
  listLeft(): UnfinishedBatch[] {
    return this.#list().filter(({ run }) => run !== thisRun);
  }

  async begin(serviceId: string, uris: readonly Uri[]): Promise<string> {
    const id = randomUUID();
    const batch = { id, run: thisRun, serviceId, uris: uris.map(String) };
    await this.#memento.update(key, [...this.#list(), batch]);
    return id;
  }

  /** One of its videos has ended, well or badly: somebody has been told. */
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

  /** The editor goes down: what is stopped by that stays to be gone on with. */
  close(): void {
    this.#isClosing = true;
  }

  #list(): UnfinishedBatch[] {
    return this.#memento.get<UnfinishedBatch[]>(key, []);
  }
}

/** All videos of some batches, each once. */
export function collectUris(batches: readonly UnfinishedBatch[]): Uri[] {
  return [...new Set(batches.flatMap(({ uris }) => uris))].map((uri) => Uri.parse(uri));
}
