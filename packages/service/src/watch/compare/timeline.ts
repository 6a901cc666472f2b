import type { DiffRange, VideoDiff } from "@clipcourier/core/wire";

/** A moment of the common timeline, and what both videos show then. All in seconds. */
interface Step {
  at: number;
  old: number;
  new: number;
}

/** A passage of the common timeline that is not the same in both videos. */
export interface Mark {
  /** Seconds of the common timeline. */
  from: number;
  to: number;
  range: DiffRange;
}

export interface Timeline {
  /** The first is the beginning of both. After the last one both go on to their ends. */
  steps: Step[];
  marks: Mark[];
  /** Seconds; `null` where it is not known. */
  length: number | null;
}

/**
 * One timeline for two videos. From step to step both go on, and the one that has less to show waits for
 * the other: for a late start, and where one alone has a passage. Without a comparison they begin together.
 */
export function alignTimes(diff: VideoDiff | null): Timeline {
  const steps: Step[] = [{ at: 0, old: 0, new: 0 }];
  const marks: Mark[] = [];
  if (!diff) return { steps, marks, length: null };
  const { start } = diff.delay;
  addStep(steps, { old: Math.max(0, -start), new: Math.max(0, start) });
  for (const range of diff.ranges) {
    const from = addStep(steps, { old: range.old.from, new: range.new.from });
    const to = addStep(steps, { old: range.old.to, new: range.new.to });
    marks.push({ from, to, range });
  }
  const { old, new: now } = diff;
  if (!old || !now) return { steps, marks, length: null };
  const length = addStep([...steps], { old: old.duration, new: now.duration });
  return { steps, marks, length };
}

/** Adds what both show next, unless that is where they are. Returns when it is. */
function addStep(steps: Step[], next: Omit<Step, "at">): number {
  const last = steps.at(-1) ?? { at: 0, old: 0, new: 0 };
  // Neither goes back.
  const old = Math.max(last.old, next.old);
  const now = Math.max(last.new, next.new);
  const at = last.at + Math.max(old - last.old, now - last.new);
  if (at > last.at) steps.push({ at, old, new: now });
  return at;
}
