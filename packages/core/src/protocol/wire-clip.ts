/**
 * A clip and the runs that have recorded it, as they are on the wire. See `wire.ts` for what holds for
 * all schemas.
 */
import * as v from "valibot";
import {
  assets,
  type Chapter,
  type Clip,
  type ClipRun,
  keepings,
  playings,
  previewParts,
  recordings,
} from "../clip.js";
import type { Recording } from "./answers.js";

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.minValue(0));
// A fact that a service may leave out, or not know.
const maybe = <const T extends v.GenericSchema>(fact: T) => v.exactOptional(v.nullable(fact));
// A word that a later service may add to is no reason to refuse the whole answer.
const maybeWord = <const T extends readonly string[]>(words: T) =>
  v.exactOptional(v.fallback(v.nullable(v.picklist(words)), null));

const said = v.optional(v.string());
/** What a verified ID token has said of the run that has recorded a clip; an extension. */
export const wireRun = v.object({
  issuer: text,
  ...{ subject: said, server: said, repository: said, sha: said, ref: said, workflow: said },
  ...{ event: said, actor: said, run_id: said, run_attempt: said, run_url: said },
  pull_request: v.optional(count),
  how: v.picklist(recordings),
  issued_on: said,
  recorded_on: text,
});
export type WireRun = v.InferOutput<typeof wireRun>;

/** A chapter of a clip; its end is `null` where it is the video's, which is not known. */
const wireChapter = v.object({ start: count, end: v.nullable(count), title: v.string() });

/** A clip. Its first five keys are documented; the others are facts that a service may add. */
export const wireClip = v.object({
  id: text,
  url: text,
  preview_gif: v.nullable(v.string()),
  thumbnail_url: v.nullable(v.string()),
  status: v.picklist(["pending", "available", "failed"]),
  asset: maybeWord(assets),
  duration: maybe(count),
  width: maybe(count),
  height: maybe(count),
  codec: maybe(v.string()),
  size: maybe(count),
  mime: maybe(v.string()),
  filename: maybe(v.string()),
  created_on: maybe(v.string()),
  video_url: maybe(v.string()),
  photo_url: maybe(v.string()),
  animated: maybe(v.boolean()),
  reason: maybe(v.string()),
  preview_webp: maybe(v.string()),
  storyboard: maybe(v.string()),
  preview_of: maybeWord(previewParts),
  thumbnail_time: maybe(count),
  audio_codec: maybe(v.string()),
  plays: maybeWord(playings),
  play_url: maybe(v.string()),
  download_url: maybe(v.string()),
  notes: maybe(v.array(v.string())),
  kept_for: maybeWord(keepings),
  private: maybe(v.boolean()),
  placeholder_url: maybe(v.string()),
  expires_on: maybe(v.string()),
  verified: maybe(v.boolean()),
  // A service that means something else by it is no reason to refuse the answer.
  recorded_by: v.exactOptional(v.fallback(v.nullable(wireRun), null)),
  recorded_count: maybe(count),
  statements: maybe(v.string()),
  // What is no list of chapters is no reason to refuse the whole answer.
  chapters: v.exactOptional(v.fallback(v.nullable(v.array(wireChapter)), null)),
  chapters_url: maybe(v.string()),
  comparison_url: maybe(v.string()),
});
export type WireClip = v.InferOutput<typeof wireClip>;

/** The public form of a clip: facts that the service leaves out or does not know are absent. */
export function toClip(wire: WireClip): Clip {
  const facts = {
    asset: wire.asset,
    duration: wire.duration,
    width: wire.width,
    height: wire.height,
    codec: wire.codec,
    size: wire.size,
    mime: wire.mime,
    filename: wire.filename,
    createdOn: wire.created_on,
    videoUrl: wire.video_url,
    photoUrl: wire.photo_url,
    isAnimated: wire.animated,
    reason: wire.reason,
    previewWebp: wire.preview_webp,
    storyboardUrl: wire.storyboard,
    previewOf: wire.preview_of,
    thumbnailTime: wire.thumbnail_time,
    audioCodec: wire.audio_codec,
    plays: wire.plays,
    playUrl: wire.play_url,
    downloadUrl: wire.download_url,
    notes: wire.notes,
    keptFor: wire.kept_for,
    isPrivate: wire.private === true ? true : undefined,
    placeholderUrl: wire.placeholder_url,
    isVerified: wire.verified === true ? true : undefined,
    recordedBy: wire.recorded_by && toClipRun(wire.recorded_by),
    recordedCount: wire.recorded_count,
    statementsUrl: wire.statements,
    chapters: wire.chapters?.map(toChapter),
    chaptersUrl: wire.chapters_url,
    comparisonUrl: wire.comparison_url,
  };
  return {
    id: wire.id,
    url: wire.url,
    previewGif: wire.preview_gif,
    thumbnailUrl: wire.thumbnail_url,
    status: wire.status,
    ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value != null)),
  };
}

/** What a run has recorded. */
export function toRecording({ clip, run }: { clip: WireClip; run: WireRun }): Recording {
  return { clip: toClip(clip), run: toClipRun(run) };
}

function toClipRun(wire: WireRun): ClipRun {
  const { issuer, how, subject, server, repository, sha, ref, workflow, event, actor } = wire;
  const said = {
    ...{ subject, server, repository, sha, ref, workflow, event, actor },
    ...{ runId: wire.run_id, runAttempt: wire.run_attempt, runUrl: wire.run_url },
    ...{ pullRequest: wire.pull_request, issuedOn: wire.issued_on },
  };
  return {
    ...{ issuer, how, recordedOn: wire.recorded_on },
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  };
}

function toChapter({ start, end, title }: v.InferOutput<typeof wireChapter>): Chapter {
  return { start, ...(end !== null && { end }), title };
}
