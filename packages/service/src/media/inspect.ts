import type { Demuxer } from "node-av/api";
import { AV_LOG_QUIET } from "node-av/constants";
import { Log } from "node-av/lib";
import { NotMediaError, openContainer } from "./container.js";
import { findVideo, readFacts, type VideoTrack } from "./facts.js";
import { decodeOpening, type OpeningPlan } from "./opening.js";
import { encodePreview, previewFilter } from "./preview.js";
import { type OpenedSource, openSource } from "./source.js";
import { encodeThumbnail, thumbnailFilter, thumbnailSecond } from "./thumbnail.js";
import type { MediaResult, MediaSource } from "./types.js";

interface Pictures {
  thumbnail: Uint8Array | null;
  preview: Uint8Array | null;
  note?: string;
}

/**
 * Inspects one video in this process. It is called in a child process, because a hostile file can
 * crash the process that FFmpeg runs in.
 */
export async function inspectSource(place: MediaSource): Promise<MediaResult> {
  Log.setLevel(AV_LOG_QUIET);
  try {
    const source = await openSource(place);
    await using input = await openContainer(source);
    const track = findVideo(input);
    const facts = await readFacts(source, input, track);
    const pictures = await takePictures(source, input, track, facts.duration);
    source.checkIntact();
    return { outcome: "ready", facts, ...pictures };
  } catch (error) {
    if (error instanceof NotMediaError) return { outcome: "not-media", reason: error.message };
    throw error;
  }
}

/** A video whose pictures cannot be made is still a video: the note reports what failed. */
async function takePictures(
  source: OpenedSource,
  input: Demuxer,
  track: VideoTrack,
  duration: number | null,
): Promise<Pictures> {
  const notes: string[] = [];
  const attempt = async <T>(failure: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      notes.push(`${failure}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const opening = await attempt("the video cannot be decoded", async () =>
    decodeOpening(
      source.packets(input, track.stream.index),
      track.stream,
      planOpening(track, duration),
    ),
  );
  const thumbnail =
    opening && (await attempt("no thumbnail", () => encodeThumbnail(opening.poster)));
  const preview = opening && (await attempt("no preview", () => encodePreview(opening.frames)));
  return { thumbnail, preview, ...(notes.length > 0 && { note: notes.join("; ") }) };
}

function planOpening({ size, orientation }: VideoTrack, duration: number | null): OpeningPlan {
  if (!size) throw new Error("the container does not say how large the picture is");
  return {
    previewFilter: previewFilter(size, orientation),
    posterFilter: thumbnailFilter(size, orientation),
    posterAt: thumbnailSecond(duration),
  };
}
