import { createHook } from "node:async_hooks";
import { onTestFinished } from "vitest";

export interface ScryptCount {
  /** How many were begun. */
  begun: number;
  /** How many run now. */
  running: number;
  /** The most that ever ran at once. */
  most: number;
}

/** Counts the scrypt hashes that Node computes in this process until the end of the test. */
export function countScrypt(): ScryptCount {
  const count: ScryptCount = { begun: 0, running: 0, most: 0 };
  const jobs = new Set<number>();
  const hook = createHook({
    init(id, type) {
      if (type !== "SCRYPTREQUEST") return;
      jobs.add(id);
      count.begun += 1;
      count.running += 1;
      count.most = Math.max(count.most, count.running);
    },
    before(id) {
      if (jobs.delete(id)) count.running -= 1;
    },
  }).enable();
  onTestFinished(() => void hook.disable());
  return count;
}
