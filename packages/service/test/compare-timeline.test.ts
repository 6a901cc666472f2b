import type { DiffRange, VideoDiff } from "@clipcourier/core/wire";
import { describe, expect, test } from "vitest";
import { alignTimes } from "../src/watch/compare/timeline.js";

const video = { duration: 10, width: 320, height: 180, codec: "h264", rate: 25 };

function range(kind: DiffRange["kind"], old: number[], now: number[]): DiffRange {
  const [from = 0, to = 0] = old;
  const [newFrom = 0, newTo = 0] = now;
  return { kind, old: { from, to }, new: { from: newFrom, to: newTo }, share: 0.1, regions: [] };
}

function differing(parts: Partial<VideoDiff>): VideoDiff {
  return {
    ...{ verdict: "changed", summary: "", reason: null, ranges: [], delay: { start: 0, most: 0 } },
    ...{ old: video, new: video, ...parts },
  };
}

/** When, and where the old and the new video are then. */
const stepsOf = (diff: VideoDiff | null) =>
  alignTimes(diff).steps.map(({ at, old, new: now }) => [at, old, now]);

describe("the timeline of two videos", () => {
  test("begins with both where nothing is known", () => {
    expect(alignTimes(null)).toEqual({
      ...{ steps: [{ at: 0, old: 0, new: 0 }], marks: [], length: null },
    });
  });

  test("lets the old one wait for a new one that is late", () => {
    const now = { ...video, duration: 12 };
    const diff = differing({ delay: { start: 2, most: 2 }, new: now });
    expect(stepsOf(diff)).toEqual([
      [0, 0, 0],
      [2, 0, 2],
    ]);
    expect(alignTimes(diff).length).toBe(12);
  });

  test("lets the new one wait where it begins earlier", () => {
    expect(stepsOf(differing({ delay: { start: -1.5, most: 0 } }))).toEqual([
      [0, 0, 0],
      [1.5, 1.5, 0],
    ]);
  });

  test("shows what one alone has, while the other waits, and goes on with both", () => {
    const removed = range("removed", [3, 5], [3, 3]);
    const added = range("added", [8, 8], [6, 7]);
    const { steps, marks, length } = alignTimes(differing({ ranges: [removed, added] }));
    expect(steps.map(({ at, old, new: now }) => [at, old, now])).toEqual([
      [0, 0, 0],
      [3, 3, 3],
      [5, 5, 3],
      [8, 8, 6],
      [9, 8, 7],
    ]);
    expect(marks).toEqual([
      { from: 3, to: 5, range: removed },
      { from: 8, to: 9, range: added },
    ]);
    expect(length).toBe(12);
  });

  test("never goes back, whatever it is given", () => {
    const odd = [range("changed", [5, 6], [5, 6]), range("changed", [4, 5.5], [2, 7])];
    const steps = alignTimes(differing({ ranges: odd })).steps;
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1] ?? { at: -1, old: 0, new: 0 };
      expect(step.at).toBeGreaterThan(before.at);
      expect(Math.min(step.old - before.old, step.new - before.new)).toBeGreaterThanOrEqual(0);
    }
  });
});
