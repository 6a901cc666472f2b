import type { DiffTask, Report } from "../child-messages.js";
import { NotMediaError } from "../container.js";
import type { Engine, OpenedVideo } from "../engine/engine.js";
import { openSource } from "../source.js";
import type { MediaSource } from "../types.js";
import { compareVideos } from "./compare-videos.js";
import { drawDifference } from "./diff-picture.js";

/**
 * Compares two videos in this process, which is a child process, as for `inspectSource`.
 *
 * @throws NotMediaError when one of them is no video
 */
export async function diffSources(engine: Engine, task: DiffTask, report: Report): Promise<void> {
  await using old = await openVideo(engine, "old", task.old);
  await using now = await openVideo(engine, "new", task.new);
  const comparison = await compareVideos(old, now, task.options);
  await report({ kind: "diff", diff: comparison.diff });
  if (!task.hasPicture) return;
  const picture = await drawDifference(engine, comparison, task.options);
  if (picture) await report({ kind: "diff-picture", picture });
}

async function openVideo(
  engine: Engine,
  which: "old" | "new",
  place: MediaSource,
): Promise<OpenedVideo> {
  const source = await openSource(place);
  try {
    return await engine.open(source);
  } catch (error) {
    if (!(error instanceof NotMediaError)) throw error;
    throw new NotMediaError(`of the ${which} file, ${error.message}`);
  }
}
