import { type Clip, DirectUploadError } from "@clipcourier/core";
import { parse } from "valibot";
import { expect, test } from "vitest";
import type { FinishedFile } from "../src/batch-meter.js";
import { findSharedReason } from "../src/shared-reason.js";
import {
  countOutcome,
  toKnownRecord,
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
    ...{ plays: "download only", notes: ["Browsers do not play MPEG-4 part 2."] },
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
    ...{ plays: "download only", notes: ["Browsers do not play MPEG-4 part 2."] },
  });
  expect(parse(uploadRecord, JSON.parse(JSON.stringify(record)))).toEqual(record);
});

test("a clip that the service has is known, or has failed", () => {
  const clip: Clip = {
    ...{ id: "c1", url: "https://x.example/c1", thumbnailUrl: null, previewGif: null },
    ...{ status: "available", filename: "a.mp4", size: 100, duration: 6 },
  };
  const known = toKnownRecord(clip);
  expect(known).toMatchObject({
    ...{ file: "a.mp4", outcome: "known", id: "c1", size: 100, duration: 6, width: null },
    ...{ bytesSent: 0, error: null },
  });
  expect(parse(uploadRecord, JSON.parse(JSON.stringify(known)))).toEqual(known);
  expect(toKnownRecord({ ...clip, status: "failed", reason: "It is no video." })).toMatchObject({
    ...{ outcome: "failed", error: { code: "clip_failed", message: "It is no video." } },
  });
});

test("a record of an earlier version does not say how the clip plays", () => {
  const { plays: _, notes: __, ...earlier } = toSkippedRecord(file);
  expect(parse(uploadRecord, earlier)).toMatchObject({ plays: null, notes: [] });
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
    ...{
      status: null,
      plays: null,
      notes: [],
      size: 100,
      md5: null,
      duration: null,
      width: null,
      height: null,
    },
    ...{ bytesSent: 40, bytesReused: 20, attempts: 3, milliseconds: 13 },
    error: { code: "server_error", message: "It failed.", status: 503 },
  });
});

test("a failure keeps what was known: the checksum, and the clip that was made", () => {
  const clip: Clip = {
    ...{ id: "c1", url: "https://x.example/c1", thumbnailUrl: null, previewGif: null },
    status: "failed",
  };
  const record = (status: Clip["status"]) => {
    const upload = { size: 90, checksum: "ce3e", clip: { ...clip, status } };
    const error = new DirectUploadError("clip_failed", "No video.", { upload });
    return toUploadRecord(file, { source: file.path, index: 0, error }, finished);
  };
  const known = { outcome: "failed", size: 90, md5: "ce3e", id: "c1" };
  expect(record("failed")).toMatchObject({ ...known, status: "failed", url: null });
  // It can still become a clip that plays.
  expect(record("pending")).toMatchObject({ ...known, status: "pending", url: clip.url });
});

test("a reason that several files can share is told apart from one of the file", () => {
  const tell = (message: string) => {
    const record = fail("server_error");
    return findSharedReason({ ...record, error: { code: "server_error", message } });
  };
  expect(tell("out/a.mp4: The quota is used up.")).toBe("The quota is used up.");
  expect(tell("Signing in was refused.")).toBe("Signing in was refused.");
  expect(tell("out/a.mp4 was not uploaded: it is empty.")).toBeUndefined();
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

test("an id that is a part of words spoils no reason", () => {
  const message = "The service failed. Its log says more, under the request id e.";
  const error = new DirectUploadError("server_error", message, { status: 500, requestId: "e" });
  const record = toUploadRecord(file, { source: file.path, index: 0, error }, finished);
  expect(findSharedReason(record)).toBe(message.replace(" id e.", " id …."));
});

test("files that failed for one reason share it, whatever ids their requests had", () => {
  const records = ["req-1", "req-2"].map((requestId) => {
    const message = `It failed. The log says more, under the request id ${requestId}.`;
    const error = new DirectUploadError("server_error", message, { status: 500, requestId });
    return toUploadRecord(file, { source: file.path, index: 0, error }, finished);
  });
  expect(records.map(({ error }) => error?.requestId)).toEqual(["req-1", "req-2"]);
  expect(parse(uploadRecord, JSON.parse(JSON.stringify(records[0])))).toEqual(records[0]);
  const [first, second] = records.map(findSharedReason);
  expect(first).toBeDefined();
  expect(first).toBe(second);
});
