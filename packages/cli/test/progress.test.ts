import { PassThrough } from "node:stream";
import { BatchMeter } from "@clipcourier/batch";
import type { BatchProgress } from "@clipcourier/core";
import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BarView } from "../src/progress/bar.js";
import { renderBar } from "../src/progress/bar-line.js";
import { LinesView } from "../src/progress/lines.js";
import type { ProgressView, ShownBatch } from "../src/progress/view.js";

const mebibyte = 2 ** 20;
/** What goes to the beginning of the line and empties it. */
const emptyLine = "\u001b[1G\u001b[2K";
const intro = { path: "out/intro.mp4", size: 8 * mebibyte };
const outro = { path: "out/outro.mp4", size: 2 * mebibyte };

/** A batch, a stream to show it on, and a way to take the next event. */
function start(files: { path: string; size: number }[]) {
  const batch: ShownBatch = { files, meter: new BatchMeter(files.map(({ size }) => size)) };
  const output = new PassThrough();
  const none = { hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  const advance = (view: ProgressView, index: number, change: Partial<BatchProgress>) => {
    const { path = "", size = 0 } = files[index] ?? {};
    const progress = { ...none, index, file: path, size, phase: "upload" as const, ...change };
    batch.meter.update(progress);
    view.update(progress);
  };
  return { batch, output, advance, read: () => String(output.read() ?? "") };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the bar", () => {
  const state = {
    ...{ label: "out/intro.mp4", percent: 50 },
    facts: ["4.1 MiB of 8.2 MiB", "8.0 MiB/s", "1.0 s left"],
  };
  const wide = { ...state, label: "出力/日本語の動画ファイル名😀🎬.mp4" };

  test.each([
    [
      120,
      "out/intro.mp4  ████████████░░░░░░░░░░░░   50 %  4.1 MiB of 8.2 MiB, 8.0 MiB/s, 1.0 s left",
    ],
    [80, "out/intro.mp4  ███████░░░░░░░░   50 %  4.1 MiB of 8.2 MiB, 8.0 MiB/s, 1.0 s left"],
    [60, "out/intro.mp4  ███████░░░░░░░░   50 %  8.0 MiB/s, 1.0 s left"],
    [40, "out/intro.mp4  ███░░░   50 %  1.0 s left"],
    [20, "50 %  out/intro.mp4"],
  ])("at %i columns", (columns, line) => {
    expect(renderBar(state, columns)).toBe(line);
  });

  test("fits windows of every width, with wide characters and emoji too", () => {
    for (let columns = 10; columns < 140; columns++) {
      for (const shown of [state, wide, { ...wide, percent: undefined }]) {
        expect(stringWidth(renderBar(shown, columns))).toBeLessThanOrEqual(columns);
      }
    }
    expect(renderBar(wide, 80)).toMatch(
      /^…\S*名😀🎬\.mp4 {2}█+░+ {3}50 % {2}4\.1 MiB of .* left$/u,
    );
  });

  test("is left out while everything is with the service", () => {
    const facts = ["2 clips are waiting to be verified", "12 are before them"];
    expect(renderBar({ label: "2 of 4 files", percent: undefined, facts }, 80)).toBe(
      "2 of 4 files  2 clips are waiting to be verified, 12 are before them",
    );
  });

  test("is drawn on a terminal, and removed before another line", () => {
    const { batch, output, advance, read } = start([intro]);
    // What a terminal is to Node.js; a real one cannot be had on every system.
    const terminal = Object.assign(output, { isTTY: true, columns: 100 });
    using view = new BarView(batch, terminal as unknown as NodeJS.WriteStream);
    advance(view, 0, { acknowledged: 2 * mebibyte });
    expect(read()).toContain(" 25 %  2.0 MiB of 8.0 MiB");
    vi.advanceTimersByTime(1_000);
    advance(view, 0, { acknowledged: 4 * mebibyte });
    vi.advanceTimersByTime(1_000);
    expect(read()).toContain(" 50 %  4.0 MiB of 8.0 MiB, 2.0 MiB/s, 2.0 s left");
    view.print("a note");
    const printed = read();
    // The cursor is shown again, and the line is empty.
    expect(printed).toContain("\u001b[?25h");
    expect(printed.endsWith(`${emptyLine}a note\n`)).toBe(true);
    advance(view, 0, { acknowledged: 8 * mebibyte });
    expect(read()).toContain("100 %");
    view.clear();
    expect(read().endsWith(emptyLine)).toBe(true);
  });
});

describe("lines", () => {
  test("one when a file begins, and one every five seconds", () => {
    const { batch, output, advance, read } = start([intro]);
    using view = new LinesView(batch, output);
    vi.advanceTimersByTime(5_000);
    expect(read()).toBe("");
    advance(view, 0, { phase: "fingerprint" });
    advance(view, 0, { phase: "fingerprint", hashed: 2 * mebibyte });
    expect(read()).toBe("out/intro.mp4: 8.0 MiB\n");
    vi.advanceTimersByTime(5_000);
    expect(read()).toBe("out/intro.mp4: 25 %, reading 2.0 MiB of 8.0 MiB\n");
    advance(view, 0, { inFlight: mebibyte });
    vi.advanceTimersByTime(4_000);
    advance(view, 0, { acknowledged: 5 * mebibyte });
    vi.advanceTimersByTime(1_000);
    expect(read()).toMatch(/^out\/intro\.mp4: 62 %, 5\.0 MiB of 8\.0 MiB, .* s left\n$/);
    vi.advanceTimersByTime(10_000);
    expect(read().split("\n")).toHaveLength(3);
  });

  test("count the files where there are several", () => {
    const { batch, output, advance, read } = start([intro, outro]);
    using view = new LinesView(batch, output);
    advance(view, 0, { acknowledged: 8 * mebibyte });
    batch.meter.finish(0, "clip");
    read();
    vi.advanceTimersByTime(5_000);
    expect(read()).toBe("1 of 2 files: 80 %, reading 8.0 MiB of 10.0 MiB\n");
  });
});
