import { describe, expect, test } from "vitest";
import { compareVideos } from "../dist/media/diff/compare-videos.js";
import type { DiffOptions } from "../dist/media/diff/options.js";
import { type Color, type DrawnVideo, drawnVideo, type Sheet, writeLines } from "./drawn-video.ts";

async function compare(old: DrawnVideo, now: DrawnVideo, options: DiffOptions = {}) {
  const { diff } = await compareVideos(drawnVideo(old), drawnVideo(now), options);
  return diff;
}

const blue: Color = [40, 90, 200];
const orange: Color = [230, 140, 30];

/** Pages that stay still, each for some seconds. */
function pages(order: string): DrawnVideo {
  return {
    seconds: order.length,
    draw(sheet, at) {
      const page = order.charCodeAt(Math.min(order.length - 1, Math.floor(at + 1e-6)));
      sheet.box(0, 0, 320, 16, [30, 30, 90]);
      writeLines(sheet, 30, 12, page * 7919);
      sheet.box(((page * 53) % 200) + 20, 60, 80, 60, page % 2 ? blue : orange);
    },
  };
}

describe("pages that stay still", () => {
  test.each([
    ["AAABB", "AAABBCC", "longer", "added", 5, 7],
    ["AAABB", "CCAAABB", "longer", "added", 0, 2],
    ["AAABBCC", "AAABB", "shorter", "removed", 5, 7],
    ["CCAAABB", "AAABB", "shorter", "removed", 0, 2],
    ["AAABB", "AAACCBB", "changed", "added", 3, 5],
    ["AAACCBB", "AAABB", "changed", "removed", 3, 5],
    ["AAAAA", "AACAA", "changed", "changed", 2, 3],
  ] as const)("%s and then %s are %s", async (old, now, verdict, kind, from, to) => {
    const found = await compare(pages(old), pages(now));
    expect(found.verdict).toBe(verdict);
    expect(found.ranges).toHaveLength(1);
    const [range] = found.ranges;
    expect(range?.kind).toBe(kind);
    const span = kind === "removed" ? range?.old : range?.new;
    expect(span?.from).toBeCloseTo(from, 1);
    expect(span?.to).toBeCloseTo(to, 1);
  });
});

test("one dialog on a page with nothing on it is a change, not another video", async () => {
  const page = (sheet: Sheet) => sheet.box(0, 0, 320, 180, [240, 240, 245]);
  const now = (sheet: Sheet) => {
    page(sheet);
    sheet.box(110, 60, 100, 60, [90, 90, 90]);
    for (let line = 0; line < 5; line += 1) sheet.box(116, 66 + line * 10, 80, 4, [230, 230, 230]);
  };
  const found = await compare({ seconds: 1, draw: page }, { seconds: 1, draw: now });
  expect(found.verdict).toBe("changed");
});
