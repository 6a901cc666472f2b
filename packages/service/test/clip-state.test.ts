import * as v from "valibot";
import { expect, it } from "vitest";
import { clipStateSchema } from "../src/catalog/clip-state.js";

const createdOn = "2026-01-02T03:04:05.678Z";

it("a state of the first version is read, with what is unknown to that version", () => {
  const upload = {
    ...{ uploadId: "u", version: "w", size: 2, chunkSize: 1, mime: "video/mp4", filename: null },
    usedOn: createdOn,
  };
  const facts = { duration: 6, width: 320, height: 240, codec: "h264" };
  const state = {
    ...{ id: "a".repeat(24), account: "acc_a", asset: "videoclip", checksum: "0".repeat(32) },
    ...{ status: "failed", reason: "It is damaged.", version: "v", size: 1, mime: "video/mp4" },
    ...{ filename: "take.mp4", createdOn, hasThumbnail: true, hasPreview: true },
  };
  const wishes = { thumbnailTime: null, preview: "auto" };
  expect(v.parse(clipStateSchema, { ...state, facts, upload })).toEqual({
    ...{ ...state, ...wishes, upload: { ...upload, ...wishes } },
    facts: { ...facts, audioCodec: null },
    ...{ hasWebp: false, storyboard: null, previewOf: null, playback: { kind: "unknown" } },
    ...{ notes: [], sha256: null, statements: [], statementsCut: false },
  });
});

it.each([
  [{ kind: "unknown" }],
  [{ kind: "as-is" }],
  [{ kind: "waiting", how: "remux", reason: "x" }],
  [{ kind: "waiting", how: "transcode", reason: "x" }],
  [{ kind: "rendition", reason: "x" }],
  [{ kind: "never", reason: "x" }],
])("%j is how a clip can play", (playback) => {
  expect(v.parse(clipStateSchema.entries.playback, playback)).toEqual(playback);
});

it("a clip that waits for nothing, or never plays for no reason, is damaged", () => {
  for (const playback of [{ kind: "waiting", reason: "x" }, { kind: "never" }, {}]) {
    expect(v.is(clipStateSchema.entries.playback, playback)).toBe(false);
  }
});
