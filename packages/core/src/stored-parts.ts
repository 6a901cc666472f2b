import type { UploadedPart, UploadPlan } from "./clip.js";
import type { Journal } from "./journal.js";
import type { Part } from "./part-layout.js";
import type { ProgressMeter } from "./progress.js";

type NewUpload = Extract<UploadPlan, { isKnown: false }>;

/** Which parts of an upload storage has: from an earlier run, and from this one. */
export class StoredParts {
  readonly #journal: Journal | undefined;
  readonly #meter: ProgressMeter;
  #etags = new Map<number, string>();
  #uploadId: string | undefined;
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
   * Turns to the upload of this plan. The same upload id keeps what is known of it; another one
   * starts with what the service reports or, where it reports nothing, with what the journal holds.
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

  async #findEarlier(plan: NewUpload): Promise<Map<number, { etag: string; size?: number }>> {
    const rows = plan.storedParts ?? (await this.#journal?.restore(plan)) ?? [];
    return new Map(rows.map((row) => [row.partNumber, row]));
  }
}
