import { PassThrough } from "node:stream";
import type { UploadProgress } from "@clipcourier/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BatchProgress } from "../src/batch-progress.js";
import { BarView, renderBar } from "../src/progress-bar.js";
import { LinesView } from "../src/progress-lines.js";

const mebibyte = 2 ** 20;
/** The orders that go to the beginning of the line, and empty it. */
const emptyLine = "\u001b[1G\u001b[2K";
const files = [
  { path: "out/intro.mp4", size: 8 * mebibyte },
  { path: "out/outro.mp4", size: 2 * mebibyte },
];
const [intro] = files.slice(0, 1);

function progressOf(file: string, size: number, change: Partial<UploadProgress>): UploadProgress {
  const none = { hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  return { ...none, file, size, phase: "upload", ...change };
}

const ofIntro = (change: Partial<UploadProgress>) =>
  progressOf("out/intro.mp4", 8 * mebibyte, change);

afterEach(() => void vi.useRealTimers());

describe("a batch", () => {
  test("counts what is in storage and what is on its way, with speed and time left", () => {
    let time = 0;
    const batch = new BatchProgress(files.slice(0, 1), () => time);
    batch.update(ofIntro({ inFlight: mebibyte }));
    expect(batch.describe()).toEqual({
      ...{ label: "out/intro.mp4", done: mebibyte, total: 8 * mebibyte },
      details: "1.0 MiB of 8.0 MiB",
    });
    time = 1000;
    batch.update(ofIntro({ acknowledged: 2 * mebibyte, inFlight: mebibyte }));
    expect(batch.describe()).toMatchObject({
      done: 3 * mebibyte,
      details: "3.0 MiB of 8.0 MiB, 2.0 MiB/s, 2.5 s left",
    });
  });

  test("adds its files up", () => {
    const batch = new BatchProgress(files, () => 0);
    batch.update(ofIntro({ acknowledged: mebibyte }));
    batch.update(progressOf("out/outro.mp4", 2 * mebibyte, { phase: "fingerprint" }));
    expect(batch.describe()).toMatchObject({ label: "0 of 2 files", done: mebibyte });
    batch.finish("out/intro.mp4");
    expect(batch.describe()).toMatchObject({
      ...{ label: "1 of 2 files", done: 8 * mebibyte, total: 10 * mebibyte },
      details: "reading 8.0 MiB of 10.0 MiB",
    });
  });

  test("says what it waits for", () => {
    const batch = new BatchProgress(files.slice(0, 1));
    batch.update(ofIntro({ phase: "finalize" }));
    expect(batch.describe().details).toBe("finalizing");
    batch.update(ofIntro({ phase: "processing" }));
    expect(batch.describe()).toMatchObject({ done: 8 * mebibyte, details: "waiting for the clip" });
  });
});

describe("the bar", () => {
  const state = { label: "out/intro.mp4", done: 1, total: 2, details: "1.0 MiB of 2.0 MiB" };

  test("is one line that fits the window", () => {
    expect(renderBar(state, 0.5, 80)).toBe(
      `out/intro.mp4  ${"█".repeat(12)}${"░".repeat(12)}  50 %  1.0 MiB of 2.0 MiB`,
    );
    for (let columns = 10; columns < 120; columns++) {
      expect(renderBar(state, 0.5, columns).length).toBeLessThanOrEqual(columns);
    }
    expect(renderBar({ ...state, label: "a/long/path/to/intro.mp4" }, 1, 70)).toMatch(
      /^….*intro\.mp4 {2}/,
    );
    expect(renderBar(state, 0.5, 30)).toBe("50 %  1.0 MiB of 2.0 MiB");
  });

  test("is drawn on a terminal, and gone before another line", () => {
    vi.useFakeTimers();
    const { stream, written } = fakeTerminal();
    using view = new BarView(intro ? [intro] : [], stream);
    view.update(ofIntro({ acknowledged: 2 * mebibyte }));
    vi.advanceTimersByTime(150);
    view.update(ofIntro({ acknowledged: 4 * mebibyte }));
    vi.advanceTimersByTime(250);
    expect(written()).toContain(" 25 %  2.0 MiB of 8.0 MiB");
    expect(written()).toContain(" 50 %  4.0 MiB of 8.0 MiB");
    view.tell("a note");
    // The cursor is shown again, and the line is empty.
    expect(written()).toContain("\u001b[?25h");
    expect(written().endsWith(`${emptyLine}a note\n`)).toBe(true);
    view.update(ofIntro({ acknowledged: 8 * mebibyte }));
    expect(written()).toContain("100 %");
    view.finish("out/intro.mp4");
    expect(written().endsWith(emptyLine)).toBe(true);
  });

  /** What a terminal is to Node.js; a real one cannot be had on every system. */
  function fakeTerminal() {
    const output = new PassThrough();
    let text = "";
    output.on("data", (chunk) => {
      text += chunk;
    });
    const stream = Object.assign(output, { isTTY: true, columns: 100 });
    return { stream: stream as unknown as NodeJS.WriteStream, written: () => text };
  }
});

describe("lines", () => {
  test("one at the start of a file, and one every five seconds", () => {
    vi.useFakeTimers();
    const stream = new PassThrough();
    const read = () => String(stream.read() ?? "");
    using view = new LinesView(intro ? [intro] : [], stream);
    vi.advanceTimersByTime(6_000);
    expect(read()).toBe("");
    view.update(ofIntro({ phase: "fingerprint" }));
    view.update(ofIntro({ acknowledged: 2 * mebibyte }));
    expect(read()).toBe("out/intro.mp4: 8.0 MiB\n");
    vi.advanceTimersByTime(5_000);
    expect(read()).toBe("out/intro.mp4: 25 %, 2.0 MiB of 8.0 MiB\n");
    vi.advanceTimersByTime(10_000);
    expect(read().split("\n")).toHaveLength(3);
  });
});
