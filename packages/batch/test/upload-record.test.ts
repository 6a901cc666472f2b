import { type Clip, DirectUploadError } from "@clipcourier/core";
import { parse } from "valibot";
import { expect, test } from "vitest";
import type { FinishedFile } from "../src/batch-meter.js";
import {
  countOutcome,
  toSkippedRecord,
  toUploadRecord,
  type UploadRecord,
  uploadRecord,
} from "../src/upload-record.js";

const file = { path: "out/a.mp4", size: 100 };
const finished: FinishedFile = {
  last: {
    ...{ index: 0, file: "out/a.mp4", phase: "upload", size: 100, hashed: 100 },
    ...{ acknowledged: 60, reused: 20, inFlight: 40, attempts: 3 },
  },
  milliseconds: 12.6,
  sendingMilliseconds: 10,
};

function fail(code: "server_error" | "aborted"): UploadRecord {
  const error = new DirectUploadError(code, "It failed.", { status: 503 });
  return toUploadRecord(file, { source: file.path, index: 0, error }, finished);
}

test("a clip has its addresses and its facts", () => {
  const clip: Clip = {
    ...{ id: "c1", url: "https://x.example/c1", thumbnailUrl: "https://x.example/c1.jpg" },
    ...{ previewGif: null, status: "available", duration: 6, width: 1280, height: 720 },
  };
  const result = {
    ...{ clip, outcome: "uploaded" as const, checksum: "ce3e", size: 100, mime: "video/mp4" },
    ...{ bytesSent: 80, bytesReused: 20, attempts: 2 },
  };
  const record = toUploadRecord(file, { source: file.path, index: 0, result }, finished);
  expect(record).toEqual({
    ...{ file: "out/a.mp4", outcome: "uploaded", id: "c1", url: "https://x.example/c1" },
    ...{ thumbnail: "https://x.example/c1.jpg", preview: null, status: "available", size: 100 },
    ...{ md5: "ce3e", duration: 6, width: 1280, height: 720, bytesSent: 80, bytesReused: 20 },
    ...{ attempts: 2, milliseconds: 13, error: null },
  });
  expect(parse(uploadRecord, JSON.parse(JSON.stringify(record)))).toEqual(record);
});

test("a failure keeps what was sent, and what is not known is null", () => {
  expect(fail("server_error")).toEqual({
    ...{
      file: "out/a.mp4",
      outcome: "failed",
      id: null,
      url: null,
      thumbnail: null,
      preview: null,
    },
    ...{ status: null, size: 100, md5: null, duration: null, width: null, height: null },
    ...{ bytesSent: 40, bytesReused: 20, attempts: 3, milliseconds: 13 },
    error: { code: "server_error", message: "It failed.", status: 503 },
  });
});

test("an upload that was stopped, or never begun, is skipped", () => {
  const { outcome, error } = fail("aborted");
  expect([outcome, error?.code]).toEqual(["skipped", "aborted"]);
  expect(toSkippedRecord(file)).toMatchObject({ outcome: "skipped", size: 100, error: null });
  const refused = new DirectUploadError("unauthorized", "Check the secret.");
  expect(toSkippedRecord(file, refused)).toMatchObject({ outcome: "failed", bytesSent: 0 });
});

test("outcomes are counted", () => {
  const records = [fail("server_error"), fail("aborted"), toSkippedRecord(file)];
  expect(countOutcome(records, "skipped")).toBe(2);
  expect(countOutcome(records, "known")).toBe(0);
});
