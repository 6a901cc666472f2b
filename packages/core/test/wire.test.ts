import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as wire from "../src/protocol/wire.js";
import { toClip } from "../src/protocol/wire-clip.js";
import { md5, wireClip } from "./client-service.js";

const facts = {
  duration: 1.5,
  width: 1280,
  height: 720,
  codec: "h264",
  size: 7,
  mime: "video/mp4",
  filename: "take.mp4",
  created_on: "2026-01-02T03:04:05Z",
  video_url: "https://clips.example.com/c1.mp4",
  reason: "no reason",
  preview_webp: "https://clips.example.com/c1.webp",
  storyboard: "https://clips.example.com/c1.vtt",
  preview_of: "passages",
  thumbnail_time: 0.5,
  audio_codec: "aac",
  plays: "download only",
  play_url: "https://clips.example.com/c1/play",
  download_url: "https://clips.example.com/c1/download",
  notes: ["No thumbnail."],
  asset: "photo",
  photo_url: "https://clips.example.com/c1/photo",
  animated: true,
};
const storedPart = { PartNumber: 1, ETag: '"e"', Size: 7 };
const plan = {
  upload_id: "u1",
  chunk_size: 5_242_880,
  urls: [{ PartNumber: 1, url: "https://s3.example.com/1" }],
};
const session = { access_key: "a!key~", access_token: "token", id: "account" };

describe("a clip's answer", () => {
  const takes = (changes: object) =>
    v.is(wire.wireClipAnswer, { data: [{ ...wireClip, ...facts, ...changes }] });

  test("gives every fact under its own name", () => {
    const { data } = v.parse(wire.wireClipAnswer, { data: [{ ...wireClip, ...facts }] });
    expect(toClip(data[0])).toEqual({
      id: "c1",
      url: "https://clips.example.com/c/c1",
      previewGif: "https://clips.example.com/c/c1.gif",
      thumbnailUrl: "https://clips.example.com/c/c1.jpg",
      status: "available",
      duration: 1.5,
      width: 1280,
      height: 720,
      codec: "h264",
      size: 7,
      mime: "video/mp4",
      filename: "take.mp4",
      createdOn: "2026-01-02T03:04:05Z",
      videoUrl: "https://clips.example.com/c1.mp4",
      reason: "no reason",
      previewWebp: "https://clips.example.com/c1.webp",
      storyboardUrl: "https://clips.example.com/c1.vtt",
      previewOf: "passages",
      thumbnailTime: 0.5,
      audioCodec: "aac",
      plays: "download only",
      playUrl: "https://clips.example.com/c1/play",
      downloadUrl: "https://clips.example.com/c1/download",
      notes: ["No thumbnail."],
      asset: "photo",
      photoUrl: "https://clips.example.com/c1/photo",
      isAnimated: true,
    });
  });

  test.each(Object.keys(facts))("%s may be absent or null, and not another type", (name) => {
    expect([takes({ [name]: null }), takes({ [name]: { other: 1 } })]).toEqual([
      true,
      // A word that is not known is left out.
      ["preview_of", "plays", "asset"].includes(name),
    ]);
    const { [name as "size"]: _, ...rest } = facts;
    expect(v.is(wire.wireClipAnswer, { data: [{ ...wireClip, ...rest }] })).toBe(true);
  });

  test.each([
    { id: "" },
    { id: 7 },
    { url: "" },
    { url: null },
    { preview_gif: 1 },
    { preview_gif: undefined },
    { thumbnail_url: 1 },
    { thumbnail_url: undefined },
    { status: "ready" },
    { status: null },
    { duration: -1 },
    { notes: [1] },
  ])("%j is refused", (changes) => {
    expect(takes(changes)).toBe(false);
  });

  test.each(["pending", "available", "failed"])("the status can be %s", (status) => {
    expect(takes({ status, preview_gif: null, thumbnail_url: null, size: 0 })).toBe(true);
  });

  test("has one row, and a place in the queue only where that is a count", () => {
    const pending = { ...wireClip, status: "pending" };
    const answer = (data: object[], _queue?: unknown) => ({
      data,
      ...(_queue !== undefined && { _queue }),
    });
    expect(v.is(wire.wireClipAnswer, answer([]))).toBe(false);
    const placeOf = (queue: unknown, clip: object = pending) =>
      wire.toAnsweredClip(v.parse(wire.wireClipAnswer, answer([clip], queue))).queuePosition;
    expect([0, 3, -1, 1.5, "3"].map((position) => placeOf({ position }))).toEqual([
      0,
      3,
      undefined,
      undefined,
      undefined,
    ]);
    expect([placeOf(null), placeOf(undefined), placeOf("later")]).toEqual(Array(3).fill(undefined));
    expect(placeOf({ position: 3 }, wireClip)).toBe(undefined);
  });
});

describe("a page of clips", () => {
  test("may say which it is, how many there are and where the next begins", () => {
    const parse = (changes: object) =>
      wire.toClipPage(v.parse(wire.wireClipsAnswer, { data: [], ...changes }));
    // What is not said is absent, and not a key without a value.
    expect(parse({})).toStrictEqual({ clips: [], page: 1 });
    expect(parse({ _page: 0, _total: 0, _next: "x" })).toStrictEqual({
      ...{ clips: [], page: 0, total: 0, next: "x" },
    });
  });

  test.each([{ _page: "1" }, { _total: -1 }, { _next: "" }, { _next: 1 }, { data: {} }])(
    "%j is refused",
    (changes) => {
      expect(v.is(wire.wireClipsAnswer, { data: [], ...changes })).toBe(false);
    },
  );
});

describe("a plan", () => {
  const takes = (changes: object) =>
    v.is(wire.wirePlanAnswer, { _upload: true, data: [{ ...plan, ...changes }] });

  test("says what to send, and what is stored already", () => {
    const parts = [storedPart];
    const answer = v.parse(wire.wirePlanAnswer, { _upload: true, data: [{ ...plan, parts }] });
    expect(wire.toUploadPlan(answer)).toEqual({
      isKnown: false,
      uploadId: "u1",
      chunkSize: 5_242_880,
      urls: [{ partNumber: 1, url: "https://s3.example.com/1" }],
      storedParts: [{ partNumber: 1, etag: '"e"', size: 7 }],
    });
  });

  test.each([
    { upload_id: "" },
    { upload_id: undefined },
    { chunk_size: 0 },
    { chunk_size: 1.5 },
    { urls: [] },
    { urls: [{ PartNumber: 0, url: "x" }] },
    { urls: [{ PartNumber: 1, url: "" }] },
    { parts: null },
    { parts: [{ ...storedPart, PartNumber: 1.5 }] },
    { parts: [{ ...storedPart, ETag: "" }] },
    { parts: [{ ...storedPart, Size: 0 }] },
  ])("%j is refused", (changes) => {
    expect(takes(changes)).toBe(false);
  });

  test("is a plan or a clip, as _upload says", () => {
    expect(takes({})).toBe(true);
    expect(v.is(wire.wirePlanAnswer, { _upload: false, data: [plan] })).toBe(false);
    expect(v.is(wire.wirePlanAnswer, { _upload: true, data: [wireClip] })).toBe(false);
    expect(v.is(wire.wirePlanAnswer, { _upload: true, data: [] })).toBe(false);
    expect(v.is(wire.wirePlanAnswer, { _upload: false, data: [] })).toBe(false);
  });
});

describe("the answer about a pull request", () => {
  const takes = (row: object | undefined, changes: object = {}) =>
    v.is(wire.wirePullRequestAnswer, { data: row ? [row] : [], ...changes });

  test("says how many clips are kept for it, and may say for how long and where it goes on", () => {
    expect(takes({ clips: 0 })).toBe(true);
    expect(takes({ clips: 200, days: 1 }, { _next: "x" })).toBe(true);
  });

  test.each([undefined, {}, { clips: -1 }, { clips: 1.5 }, { clips: "1" }, { clips: 1, days: -1 }])(
    "with the row %j is refused",
    (row) => {
      expect(takes(row)).toBe(false);
    },
  );

  test("does not go on at an empty text", () => {
    expect(takes({ clips: 1 }, { _next: "" })).toBe(false);
  });
});

describe("a list of recordings", () => {
  const run = { issuer: "https://ci.example.com", how: "uploaded", recorded_on: "2026-01-02" };
  const takes = (row: object, changes: object = {}) =>
    v.is(wire.wireRecordingsAnswer, { data: [row], ...changes });

  test("has a clip and a run in each row", () => {
    expect(takes({ clip: wireClip, run })).toBe(true);
    expect(takes({ clip: wireClip, run }, { _next: "x" })).toBe(true);
    expect(v.is(wire.wireRecordingsAnswer, { data: [] })).toBe(true);
  });

  test.each([
    [{ clip: wireClip }, {}],
    [{ run }, {}],
    [{ clip: { ...wireClip, id: "" }, run }, {}],
    [{ clip: wireClip, run: { ...run, issuer: "" } }, {}],
    [{ clip: wireClip, run: { ...run, how: "guessed" } }, {}],
    [{ clip: wireClip, run }, { _next: "" }],
  ])("%j with %j is refused", (row, changes) => {
    expect(takes(row, changes)).toBe(false);
  });

  test("is a list", () => {
    expect(v.is(wire.wireRecordingsAnswer, {})).toBe(false);
  });
});

describe("signing in", () => {
  test("gives a key and a token that can be headers", () => {
    expect(wire.toSession(v.parse(wire.wireSessionAnswer, { data: [session] }))).toEqual({
      ...{ accessKey: "a!key~", accessToken: "token", id: "account" },
    });
  });

  test.each([
    { access_key: "" },
    { access_key: "a b" },
    { access_key: "a\n" },
    { access_token: "\ue000" },
    { access_token: " a" },
    { id: "" },
    { id: undefined },
  ])("%j is refused, with what is wrong", (changes) => {
    const { issues, success } = v.safeParse(wire.wireSessionAnswer, {
      data: [{ ...session, ...changes }],
    });
    expect(success).toBe(false);
    if ("access_key" in changes) expect(issues?.[0].message).toMatch("not visible ASCII");
  });

  test("has one row", () => {
    expect(v.is(wire.wireSessionAnswer, { data: [] })).toBe(false);
  });
});

test("an error has a message, and may repeat its status", () => {
  const takes = (body: unknown) => v.is(wire.wireError, body);
  expect(takes({ error: { message: "no" } })).toBe(true);
  expect(takes({ error: { message: "no" }, status: 404 })).toBe(true);
  expect([
    takes({ error: { message: "no" }, status: "404" }),
    takes({ error: {} }),
    takes({ error: "no" }),
    takes({}),
  ]).toEqual([false, false, false, false]);
});

test("finalize lists part numbers and ETags, which the service checks", () => {
  expect(wire.toUploadsParameter([{ partNumber: 2, etag: '"e"' }])).toBe(
    '[{"PartNumber":2,"ETag":"\\"e\\""}]',
  );
  const takes = (row: object) => v.is(wire.wireUploadedPart, row);
  expect(takes({ PartNumber: 1, ETag: "e" })).toBe(true);
  expect([takes({ PartNumber: 0, ETag: "e" }), takes({ PartNumber: 1, ETag: "" })]).toEqual([
    false,
    false,
  ]);
});

test("a checksum is 32 lower-case hex characters, and nothing around them", () => {
  const isChecksum = (text: string) => wire.checksumPattern.test(text);
  expect(isChecksum(md5)).toBe(true);
  const others = [`${md5}0`, ` ${md5}`, md5.slice(1), md5.toUpperCase(), `g${md5.slice(1)}`];
  expect(others.filter(isChecksum)).toEqual([]);
});

test("a request's id is up to 128 characters that mean nothing elsewhere", () => {
  const allowed = ["a", "Az09_.:+/=@-", "a".repeat(128)];
  expect(allowed.filter(wire.isRequestId)).toEqual(allowed);
  const others = ["", "a".repeat(129), "a b", "a\n", "<b", "b>", '"', "é"];
  expect(others.filter(wire.isRequestId)).toEqual([]);
});
