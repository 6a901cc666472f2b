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

/** A page that scrolls from 0.5 to 1.5 s, by 300 pixels, as an animation does that eases. */
function scroll(sheet: Sheet, at: number): void {
  const part = Math.min(1, Math.max(0, at - 0.5));
  const top = 20 - 300 * (part * part * (3 - 2 * part));
  writeLines(sheet, top, 40);
  sheet.box(200, top + 150, 90, 60, blue);
}

/** A panel that slides in from the right, from 0.5 to 0.8 s. */
function slide(sheet: Sheet, at: number, color: Color = blue): void {
  writeLines(sheet, 20, 12);
  const part = Math.min(1, Math.max(0, (at - 0.5) / 0.3));
  const left = 320 - 140 * (1 - (1 - part) ** 2);
  sheet.box(left, 0, 140, 180, color);
  for (let row = 0; row < 6; row += 1) {
    sheet.box(left + 10, 20 + row * 20, 60 + ((row * 37) % 50), 6, [240, 240, 240]);
  }
}

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

describe("what moves at other moments of two recordings", () => {
  test.each([17, 40])("is no change when it scrolls %i ms later", async (delay) => {
    const now = (sheet: Sheet, at: number) => scroll(sheet, at - delay / 1000);
    const found = await compare({ seconds: 2.2, draw: scroll }, { seconds: 2.2, draw: now });
    expect(found.ranges).toEqual([]);
  });

  test.each([17])("is no change when a panel slides in %i ms later", async (delay) => {
    const now = (sheet: Sheet, at: number) => slide(sheet, at - delay / 1000);
    const found = await compare({ seconds: 1.6, draw: slide }, { seconds: 1.6, draw: now });
    expect(found.ranges).toEqual([]);
  });

  test("is a change where it is another, and where something remains of it", async () => {
    const now = (sheet: Sheet, at: number) => slide(sheet, at - 0.017, orange);
    const found = await compare({ seconds: 1.6, draw: slide }, { seconds: 1.6, draw: now });
    expect(found).toMatchObject({ verdict: "changed" });
    expect(found.ranges[0]?.new.to).toBeCloseTo(1.6, 1);
  });

  test("is a change where something else scrolls by and does not stay", async () => {
    const now = (sheet: Sheet, at: number) => {
      scroll(sheet, at - 0.017);
      const part = Math.min(1, Math.max(0, at - 0.517));
      const top = 20 - 300 * (part * part * (3 - 2 * part));
      sheet.box(20, top + 200, 100, 70, orange);
    };
    const found = await compare({ seconds: 2.2, draw: scroll }, { seconds: 2.2, draw: now });
    expect(found.verdict).toBe("changed");
  });
});

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

test("nothing can be told where everything is ignored", async () => {
  const everything = { x: 0, y: 0, width: 1, height: 1, unit: "share" } as const;
  const found = await compare(pages("A"), pages("B"), { ignore: [everything] });
  expect(found).toMatchObject({ verdict: "cannot-tell" });
  expect(found.reason).toContain("ignored");
});

test("a summary names the first of many changes, and how many more there are", async () => {
  const blinks = (sheet: Sheet, at: number) => {
    if (Math.floor(at + 1e-6) % 2 === 1) sheet.box(100, 40, 120, 90, blue);
  };
  const still = () => undefined;
  const found = await compare({ seconds: 14, draw: still }, { seconds: 14, draw: blinks });
  expect(found.ranges).toHaveLength(7);
  expect(found.summary.match(/from/g)).toHaveLength(5);
  expect(found.summary).toMatch(/; and 2 more\.$/);
});

test.each([
  [900, null],
  [null, null],
])("what changes late in videos that say to last %s and %s s is found", async (old, now) => {
  // For that the steps do not suffice that are read of a video which says no length.
  const seconds = 900;
  const dialog = (sheet: Sheet, at: number) => {
    writeLines(sheet, 20, 8);
    if (at >= 860 && at < 870) sheet.box(100, 40, 120, 90, blue);
  };
  const still = (sheet: Sheet) => writeLines(sheet, 20, 8);
  const found = await compare(
    { seconds, rate: 1, draw: still, stated: old },
    { seconds, rate: 1, draw: dialog, stated: now },
  );
  expect(found).toMatchObject({ verdict: "changed", ranges: [{ kind: "changed" }] });
  expect(found.new?.duration).toBeCloseTo(seconds, 0);
  expect(found.ranges[0]?.new.from).toBeCloseTo(860, 0);
  expect(found.ranges[0]?.new.to).toBeCloseTo(870, 0);
});
