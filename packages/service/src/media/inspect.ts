import type { InspectTask, Report } from "./child-messages.js";
import type { Engine, OpenedVideo } from "./engine/engine.js";
import { readFacts } from "./facts.js";
import { takePictures } from "./pictures.js";
import { playbackOf } from "./playback.js";
import { openSource } from "./source.js";

/**
 * Inspects one video in this process, and reports what it finds out. It is called in a child process,
 * because a hostile file can crash the process that FFmpeg runs in.
 *
 * @throws NotMediaError when the content is no video
 */
export async function inspectSource(
  engine: Engine,
  task: InspectTask,
  report: Report,
): Promise<void> {
  const source = await openSource(task.source);
  await using video: OpenedVideo = await engine.open(source);
  const { probe } = video;
  const facts = readFacts(probe);
  source.checkIntact();
  await report({ kind: "facts", facts, playback: playbackOf(probe) });
  await takePictures(engine, video, task, report);
  source.checkIntact();
}
