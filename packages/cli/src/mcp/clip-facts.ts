import { toPrintable } from "@clipcourier/batch";
import type { Clip } from "@clipcourier/core";
import * as v from "valibot";

const mostCharacters = 1_000;

const text = v.nullable(v.string());
const count = v.nullable(v.number());

/** A clip as the tools give it. What is not known is `null`. */
export const clipFacts = v.object({
  id: v.string(),
  url: v.pipe(v.string(), v.description("the page that plays it")),
  private: v.pipe(
    v.boolean(),
    v.description("whether its addresses open with a signed link alone"),
  ),
  status: v.picklist(["pending", "available", "failed"]),
  filename: v.pipe(text, v.description("as whoever uploaded it has named it")),
  createdOn: v.pipe(text, v.description("ISO 8601, UTC")),
  size: v.pipe(count, v.description("bytes")),
  mime: text,
  duration: v.pipe(count, v.description("seconds")),
  width: v.pipe(count, v.description("pixels")),
  height: v.pipe(count, v.description("pixels")),
  thumbnail: v.pipe(text, v.description("the address of a JPEG")),
  preview: v.pipe(text, v.description("the address of an animated GIF")),
  plays: v.nullable(v.picklist(["everywhere", "rendition", "download only"])),
  notes: v.pipe(v.array(v.string()), v.description("why it does not play, what is missing")),
  reason: v.pipe(text, v.description("why it has failed")),
  queuePosition: v.pipe(count, v.description("how many clips are verified before it")),
});
export type ClipFacts = v.InferOutput<typeof clipFacts>;

export function toClipFacts(clip: Clip): ClipFacts {
  const { filename, createdOn, mime, thumbnailUrl, previewGif, plays = null, reason } = clip;
  const { size = null, duration = null, width = null, height = null, notes = [] } = clip;
  return {
    ...{ id: toData(clip.id), url: toData(clip.url), status: clip.status },
    private: clip.isPrivate === true,
    ...{ filename: maybe(filename), createdOn: maybe(createdOn), size, mime: maybe(mime) },
    ...{ duration, width, height, thumbnail: maybe(thumbnailUrl), preview: maybe(previewGif) },
    ...{ plays, notes: notes.map(toData), reason: maybe(reason) },
    queuePosition: clip.queuePosition ?? null,
  };
}

function maybe(given: string | null | undefined): string | null {
  return given == null ? null : toData(given);
}

/**
 * A text of others: on one line, without what moves a cursor, and without the characters that nobody
 * sees but a model reads (the tags of Unicode).
 */
export function toData(given: string): string {
  const shown = toPrintable(given).replace(/[\u{e0000}-\u{e007f}]/gu, "\u{fffd}");
  return shown.length <= mostCharacters ? shown : `${shown.slice(0, mostCharacters)}…`;
}
