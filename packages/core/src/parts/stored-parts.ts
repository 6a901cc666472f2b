import type { ProgressMeter } from "../progress.js";
import type { NewUpload, UploadedPart } from "../protocol/answers.js";
import type { Journal } from "./journal.js";
import type { Part } from "./layout.js";

/** Which parts of an upload storage has: from an earlier run, and from this one. */
export class StoredParts {
  readonly #journal: Journal | undefined;
  readonly #meter: ProgressMeter;
  #etags = new Map<number, string>();
  #uploadId: string | undefined;
  #hasForgotten = false;
  /** Bytes that this run has sent and storage has acknowledged. */
  bytesSent = 0;

  constructor(meter: ProgressMeter, journal: Journal | undefined) {
    this.#meter = meter;
    this.#journal = journal;
  }

  get count(): number {
    return this.#etags.size;
  }

  has({ partNumber }: Part): boolean {
    return this.#etags.has(partNumber);
  }

  /** In ascending order, as S3 wants them. */
  list(): UploadedPart[] {
    return [...this.#etags]
      .map(([partNumber, etag]) => ({ partNumber, etag }))
      .sort((a, b) => a.partNumber - b.partNumber);
  }

  /**
   * Continues with the upload of this plan. For the same upload id, the stored parts stay known;
   * another one starts with what the service reports or, where it reports nothing, with the
   * journal.
   */
  async follow(plan: NewUpload, parts: readonly Part[]): Promise<void> {
    if (this.#uploadId === plan.uploadId) return;
    this.#uploadId = plan.uploadId;
    const found = await this.#findEarlier(plan);
    const earlier = parts.filter(({ partNumber, length }) => {
      const stored = found.get(partNumber);
      return stored !== undefined && (stored.size === undefined || stored.size === length);
    });
    this.#etags = new Map(
      earlier.map(({ partNumber }) => [partNumber, found.get(partNumber)?.etag ?? ""]),
    );
    await this.#journal?.begin(plan, this.list());
    const reused = earlier.reduce((sum, { length }) => sum + length, 0);
    this.#meter.update({ acknowledged: reused, reused });
  }

  async add(part: Part, etag: string): Promise<void> {
    this.#etags.set(part.partNumber, etag);
    this.bytesSent += part.length;
    await this.#journal?.record({ partNumber: part.partNumber, etag });
  }

  /**
   * Forgets all ETags, those of the journal too, when the service has rejected them: one from an
   * earlier run may be out of date. Then every part is sent again. This is done once in an upload.
   *
   * @returns whether there was anything from an earlier run to forget
   */
  async forget(): Promise<boolean> {
    if (this.#hasForgotten || this.#meter.current.reused === 0) return false;
    this.#hasForgotten = true;
    this.#uploadId = undefined;
    await this.#journal?.remove();
    return true;
  }

  async #findEarlier(plan: NewUpload): Promise<Map<number, { etag: string; size?: number }>> {
    if (this.#hasForgotten) return new Map();
    const rows = plan.storedParts ?? (await this.#journal?.restore(plan)) ?? [];
    return new Map(rows.map((row) => [row.partNumber, row]));
  }
}
