import { type Clip, lastUseOf } from "../catalog/clip-state.js";
import type { FindAccountLimits } from "../limits/account-limits.js";

const day = 24 * 60 * 60 * 1000;

/** How long the clips of each account are kept. */
export class Retention {
  readonly #findLimits: FindAccountLimits;
  readonly #now: () => number;

  constructor(findLimits: FindAccountLimits, now: () => number) {
    this.#findLimits = findLimits;
    this.#now = now;
  }

  /** When a clip has to be deleted, in milliseconds since 1970; `null` for never. */
  endOf(clip: Clip): number | null {
    const { retentionDays } = this.#findLimits(clip.account);
    return retentionDays === undefined ? null : lastUseOf(clip) + retentionDays * day;
  }

  /** Whether a clip has to be deleted. One that is being uploaded again has not. */
  isOver(clip: Clip): boolean {
    const end = this.endOf(clip);
    return end !== null && end <= this.#now() && clip.upload === null;
  }
}
