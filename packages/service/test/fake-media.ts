import type { Media, MediaFacts, MediaResult, Pictures, Playback } from "../src/media/types.js";

type Ready = Extract<MediaResult, { outcome: "ready" }>;
type Made = Partial<Pictures & { playback: Playback; notes: string[] }>;

/** What is made of a video, without making any. */
export function readyResult(
  facts: Partial<MediaFacts> = {},
  { playback = { kind: "as-is" }, notes = [], ...pictures }: Made = {},
): Ready {
  return {
    outcome: "ready",
    facts: {
      ...{ duration: 61.4, width: 1280, height: 720 },
      ...{ codec: "h264", audioCodec: "aac", mime: null },
      ...facts,
    },
    playback,
    pictures: {
      thumbnail: Buffer.from("a JPEG"),
      gif: Buffer.from("a GIF"),
      webp: Buffer.from("a WebP"),
      storyboard: {
        image: Buffer.from("tiles"),
        ...{ interval: 25, columns: 2, count: 3, tileWidth: 160, tileHeight: 90 },
      },
      previewOf: "passages",
      ...pictures,
    },
    notes,
  };
}

/** Answers the same for every file, so that what follows is tested without making videos. */
export function answering(result: MediaResult, render: Media["render"] = null): Media {
  const inspect = async () => result;
  return { inspect, inspectPhoto: inspect, render, close: async () => {} };
}

/** Media work that lasts until it is stopped, so that a clip stays pending. */
export const endlessMedia: Media = {
  inspect: (_source, _options, signal) =>
    new Promise((resolve) => {
      const stop = () => resolve({ outcome: "unavailable", reason: "stopped" });
      // The service may be closed before the work begins.
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop);
    }),
  render: null,
  close: async () => {},
};
