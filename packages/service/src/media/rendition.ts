import type { RenderTask } from "./child-messages.js";
import type { Conversion, Engine, Probe } from "./engine/engine.js";
import { shownSize } from "./facts.js";
import { renditionFilter } from "./picture-filter.js";
import { fitIntoBox } from "./picture-size.js";
import { isCopiedAudio, playbackOf } from "./playback.js";
import { openSource } from "./source.js";

/** The largest rendition, in pixels: the longer side, and the shorter one. */
const box = { longer: 1920, shorter: 1080 };

/**
 * Writes an MP4 that browsers play. It is called in a child process, as `inspectSource` is.
 *
 * @throws NotMediaError when the content is no video
 */
export async function renderSource(engine: Engine, task: RenderTask): Promise<void> {
  const source = await openSource(task.source);
  await using video = await engine.open(source);
  await video.convert(planConversion(video.probe, task.byteLimit), task.output);
}

/** Keeps what browsers play in an MP4, and encodes the rest. */
export function planConversion(probe: Probe, byteLimit: number): Conversion {
  const shown = shownSize(probe.video);
  if (!shown) throw new Error("the file does not say how large the picture is");
  const playback = playbackOf(probe);
  if (playback.kind === "never") throw new Error("no frame of it can be decoded here");
  const isKept = playback.kind !== "transcode";
  const size = fitIntoBox(box, shown);
  return {
    video: isKept ? "copy" : "h264",
    audio: probe.audio === null ? "none" : isCopiedAudio(probe.audio) ? "copy" : "aac",
    filter: renditionFilter(probe.video, size),
    size,
    byteLimit,
  };
}
