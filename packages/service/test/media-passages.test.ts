import { expect, test } from "vitest";
import { planPreview } from "../src/media/passages.js";
import { type Survey, toSample } from "../src/media/survey.js";
import { chooseBest } from "../src/media/thumbnail.js";

/** A frame of noise that differs with the seed; `null` for a black one. */
function frame(at: number, seed: number | null) {
  const [width, height] = [16, 9];
  const data = new Uint8Array(width * height * 3);
  if (seed !== null) {
    for (let index = 0; index < data.length; index += 1)
      data[index] = (index * 37 * (seed + 1)) % 256;
  }
  return toSample({ at, width, height, data });
}

/** A sample a second. */
function survey(seeds: readonly (number | null)[], end = seeds.length): Survey {
  return { samples: seeds.map((seed, at) => frame(at, seed)), interval: 1, end, isPreview: false };
}

const hd = { width: 1280, height: 720 };

const starts = (plan: ReturnType<typeof planPreview>) => plan.passages.map(({ start }) => start);

test("all of a short video", () => {
  const plan = planPreview(hd, survey([1, 2, 3], 5.5), "auto");
  expect(plan).toEqual({ previewOf: "whole", passages: [{ start: 0, length: 5.5 }] });
});

test("all of a short video, but not its blank lead", () => {
  const plan = planPreview(hd, survey([null, null, 3, 4], 5.5), "auto");
  expect(plan).toEqual({ previewOf: "whole", passages: [{ start: 2, length: 3.5 }] });
});

test("the start or the end where it is asked for", () => {
  const still = survey(Array(20).fill(1));
  expect(planPreview(hd, still, "start")).toMatchObject({
    previewOf: "start",
    passages: [{ start: 0 }],
  });
  const { previewOf, passages } = planPreview(hd, still, "end");
  expect(previewOf).toBe("end");
  expect((passages[0]?.start ?? 0) + (passages[0]?.length ?? 0)).toBeCloseTo(20);
});

test("where it moves, and the end; not the blank lead", () => {
  const lead = Array(5).fill(null);
  const moves = [...lead, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 4, 5, 5, 5, 5];
  const plan = planPreview(hd, survey(moves), "auto");
  expect(plan.previewOf).toBe("passages");
  expect(plan.passages).toHaveLength(4);
  expect(starts(plan).at(-1)).toBeCloseTo(19);
  expect(starts(plan)[0]).toBeGreaterThanOrEqual(5);
  const isShown = (second: number) => starts(plan).some((start) => Math.abs(start - second) <= 1);
  expect([isShown(9), isShown(15), isShown(12)]).toEqual([true, true, false]);
  for (const [index, { start, length }] of plan.passages.entries()) {
    expect(plan.passages[index + 1]?.start ?? Infinity).toBeGreaterThanOrEqual(start + length);
  }
});

test("spread over a video in which nothing moves", () => {
  const plan = planPreview(hd, survey(Array(40).fill(1)), "auto");
  expect(starts(plan).map((start) => Math.round(start))).toEqual([0, 10, 20, 39]);
});

test("the frame that shows most, and the first of those that show the same", () => {
  const { samples } = survey([null, null, 1, 1, null]);
  expect(chooseBest(samples).frame.at).toBe(2);
  expect(chooseBest([...samples].reverse()).frame.at).toBe(3);
  expect(chooseBest(survey([null, null]).samples).frame.at).toBe(0);
});

test("fewer passages of a video of which each takes long to decode", () => {
  const plan = planPreview({ width: 1920, height: 1080 }, survey(Array(40).fill(1)), "auto");
  expect(starts(plan)).toHaveLength(3);
  expect(starts(plan).at(-1)).toBeCloseTo(39);
});
