import { type BatchProgress, DirectUploadError } from "@clipcourier/core";
import { expect, test } from "vitest";
import { BatchMeter } from "../src/batch-meter.js";
import {
  describeBatch,
  describeBatchShare,
  describePlaying,
  describeRetry,
} from "../src/describe.js";

const mebibyte = 2 ** 20;

function describeOne(...events: [time: number, state: Partial<BatchProgress>][]): string {
  let time = 0;
  const meter = new BatchMeter([8 * mebibyte], () => time);
  const none = { hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  const size = 8 * mebibyte;
  for (const [at, state] of events) {
    time = at;
    meter.update({ index: 0, file: "a.mp4", size, phase: "upload", ...none, ...state });
  }
  return describeBatch(meter.view());
}

test("reading says how much is read", () => {
  expect(describeOne([0, { phase: "fingerprint", hashed: mebibyte }])).toBe(
    "reading 1.0 MiB of 8.0 MiB",
  );
});

test("sending says how much, how fast and how long", () => {
  const first: [number, object] = [0, { inFlight: mebibyte }];
  expect(describeOne(first)).toBe("1.0 MiB of 8.0 MiB");
  const second = { acknowledged: 2 * mebibyte, inFlight: mebibyte };
  expect(describeOne(first, [1_000, second])).toBe("3.0 MiB of 8.0 MiB, 2.0 MiB/s, 3.0 s left");
});

test("waiting says what for", () => {
  expect(describeOne([0, { phase: "finalize" }])).toBe("finalizing");
  expect(describeOne([0, { phase: "processing" }])).toBe("waiting for 1 clip");
});

test.each([
  [0, "1 clip is being verified"],
  [1, "1 clip is waiting to be verified, 1 is before it"],
  [12, "1 clip is waiting to be verified, 12 are before it"],
  [1_000, "1 clip is waiting to be verified, at least 1000 are before it"],
])("a clip behind %s others", (queuePosition, text) => {
  expect(describeOne([0, { phase: "processing", queuePosition }])).toBe(text);
});

test("of several clips that wait, the first one's place is told, and no share of what is sent", () => {
  const meter = new BatchMeter([8, 8, 8, 8]);
  const none = { hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  const wait = (index: number, queuePosition?: number) =>
    meter.update({
      ...{ index, file: `${index}.mp4`, size: 8, phase: "processing", ...none },
      queuePosition,
    });
  meter.update({ index: 0, file: "0.mp4", size: 8, phase: "upload", ...none, acknowledged: 4 });
  for (const index of [1, 2, 3]) wait(index);
  expect(describeBatchShare(meter.view())).toMatch(/^87 %, 28 bytes of 32 bytes/);
  meter.finish(0, "clip");
  expect(describeBatchShare(meter.view())).toBe("waiting for 3 clips");
  wait(1, 14);
  wait(2, 12);
  wait(3, 0);
  meter.finish(3, "clip");
  expect(describeBatchShare(meter.view())).toBe(
    "2 clips are waiting to be verified, 12 are before them",
  );
  wait(2, 0);
  expect(describeBatchShare(meter.view())).toBe("2 clips are being verified");
});

test("a retry names its file, when it is one of a file", () => {
  const reason = new DirectUploadError("server_error", "Storage failed (HTTP 503).");
  const event = { what: "part 1 of 2", attempt: 1, attempts: 6, delay: 940, reason };
  expect(describeRetry({ ...event, file: "a.mp4" })).toBe(
    "a.mp4: part 1 of 2: try 1 of 6 failed: Storage failed (HTTP 503). Trying again in 0.9 s.",
  );
  expect(describeRetry({ ...event, what: "signing in", attempts: undefined })).toMatch(
    /^signing in: try 1 failed: /,
  );
});

test.each([
  [null, [], ""],
  ["everywhere", [], ""],
  ["everywhere", ["The preview is missing."], "The preview is missing."],
  [null, ["It is being made."], "It is being made."],
  ["download only", [], "download only"],
  ["rendition", ["Why.", "What."], "rendition: Why. What."],
] as const)("how a clip plays: %s %s", (plays, notes, text) => {
  expect(describePlaying({ plays, notes: [...notes] })).toBe(text);
});
