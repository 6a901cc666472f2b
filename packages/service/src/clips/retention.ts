import { type Clip, lastUseOf } from "../catalog/clip-state.js";
import { type FindAccountLimits, standardPullRequestDays } from "../limits/account-limits.js";
import { endOfPullRequests } from "./kept-for.js";

const day = 24 * 60 * 60 * 1000;

/** When a clip has to be deleted, in milliseconds since 1970, and why. */
export interface ClipEnd {
  time: number;
  reason: "retention" | "pull request closed";
}

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
    return this.#findEnd(clip)?.time ?? null;
  }

  /** Why a clip has to be deleted now; `null` where it has not. One that is being uploaded again has not. */
  reasonToDelete(clip: Clip): ClipEnd["reason"] | null {
    const end = this.#findEnd(clip);
    return end && end.time <= this.#now() && clip.upload === null ? end.reason : null;
  }

  /** What comes first. */
  #findEnd(clip: Clip): ClipEnd | null {
    const { retentionDays, pullRequestDays = standardPullRequestDays } = this.#findLimits(
      clip.account,
    );
    const age = retentionDays === undefined ? null : lastUseOf(clip) + retentionDays * day;
    const closed =
      pullRequestDays === "none" ? null : endOfPullRequests(clip.keptFor, pullRequestDays);
    if (closed !== null && (age === null || closed < age)) {
      return { time: closed, reason: "pull request closed" };
    }
    return age === null ? null : { time: age, reason: "retention" };
  }
}
