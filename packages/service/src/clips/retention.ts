import { type Clip, lastUseOf } from "../catalog/clip-state.js";
import { type FindAccountLimits, standardPullRequestDays } from "../limits/account-limits.js";
import { lastClosingOf } from "./kept-for.js";
import type { DaysKind, RetentionHistory } from "./retention-history.js";

const day = 24 * 60 * 60 * 1000;

/** When a clip has to be deleted, in milliseconds since 1970, and why. */
export interface ClipEnd {
  time: number;
  reason: "retention" | "pull request closed";
  /** The address of the pull request, where it is one. */
  pullRequest?: string;
}

/** Why a clip is deleted, as it is logged. */
export type DeletionCause = Pick<ClipEnd, "reason" | "pullRequest">;

/** How long the clips of each account are kept. */
export class Retention {
  readonly #findLimits: FindAccountLimits;
  readonly #history: RetentionHistory | null;
  readonly #now: () => number;

  /** @param history the rules that were in force; `null` where shorter ones hold at once */
  constructor(
    findLimits: FindAccountLimits,
    now: () => number,
    history: RetentionHistory | null = null,
  ) {
    this.#findLimits = findLimits;
    this.#history = history;
    this.#now = now;
  }

  /** When a clip has to be deleted, in milliseconds since 1970; `null` for never. */
  endOf(clip: Clip): number | null {
    return this.#findEnd(clip)?.time ?? null;
  }

  /** Why a clip has to be deleted now; `null` where it has not. One that is being uploaded again has not. */
  causeToDelete(clip: Clip): DeletionCause | null {
    const end = this.#findEnd(clip);
    if (!end || end.time > this.#now() || clip.upload !== null) return null;
    const { time: _, ...cause } = end;
    return cause;
  }

  /** What comes first. */
  #findEnd(clip: Clip): ClipEnd | null {
    const age = this.#endOfDays(clip.account, lastUseOf(clip), "retention");
    const closing = lastClosingOf(clip.keptFor);
    const closed = closing && this.#endOfDays(clip.account, closing.time, "pullRequests");
    if (closing && closed !== null && (age === null || closed < age)) {
      return { time: closed, reason: "pull request closed", pullRequest: closing.address };
    }
    return age === null ? null : { time: age, reason: "retention" };
  }

  #endOfDays(account: string, since: number, kind: DaysKind): number | null {
    if (this.#history) return this.#history.endOf(account, since, kind);
    const { retentionDays, pullRequestDays = standardPullRequestDays } = this.#findLimits(account);
    const days = kind === "retention" ? retentionDays : pullRequestDays;
    return typeof days === "number" ? since + days * day : null;
  }
}
