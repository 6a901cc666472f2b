import type { DiffTask, Report } from "../child-messages.js";
import { NotMediaError } from "../container.js";
import type { Engine, OpenedVideo } from "../engine/engine.js";
import { findPhotoType, signatureSize } from "../photo/photo-type.js";
import { diffPhotos } from "../photo-diff/diff-photos.js";
import { openSource } from "../source.js";
import type { MediaSource } from "../types.js";
import { compareVideos } from "./compare-videos.js";
import { drawDifference } from "./diff-picture.js";
import { nameFile } from "./name-file.js";

/**
 * Compares two videos, or two photos, in this process, which is a child process, as for `inspectSource`.
 *
 * @throws NotMediaError when one of them is neither, or they are one of each
 */
export async function diffSources(engine: Engine, task: DiffTask, report: Report): Promise<void> {
  const types = { old: await readType("old", task.old), new: await readType("new", task.new) };
  if (types.old !== null && types.new !== null) {
    return diffPhotos(engine, task, { old: types.old, new: types.new }, report);
  }
  if (types.old !== null || types.new !== null) await refuseMixture(engine, task, types.old);
  await using old = await openVideo(engine, "old", task.old);
  await using now = await openVideo(engine, "new", task.new);
  const comparison = await compareVideos(old, now, task.options);
  await report({ kind: "diff", diff: comparison.diff });
  if (!task.hasPicture) return;
  const picture = await drawDifference(engine, comparison, task.options);
  if (picture) await report({ kind: "diff-picture", picture });
}

/** The media type of a photo; `null` for anything else. */
async function readType(which: "old" | "new", place: MediaSource): Promise<string | null> {
  try {
    return findPhotoType(await (await openSource(place)).readHead(signatureSize));
  } catch (error) {
    throw nameFile(error, which);
  }
}

/** What is neither is told before that the other one is a photo. */
async function refuseMixture(
  engine: Engine,
  task: DiffTask,
  oldType: string | null,
): Promise<never> {
  const [photo, other] = oldType === null ? (["new", "old"] as const) : (["old", "new"] as const);
  await using _ = await openVideo(engine, other, task[other]);
  throw new NotMediaError(`the ${photo} file is a picture, and the ${other} one is a video`);
}

async function openVideo(
  engine: Engine,
  which: "old" | "new",
  place: MediaSource,
): Promise<OpenedVideo> {
  try {
    return tellingFailures(await engine.open(await openSource(place)), which);
  } catch (error) {
    throw nameFile(error, which);
  }
}

/** The same video, which says of what goes wrong which of both files it is. */
function tellingFailures(video: OpenedVideo, which: "old" | "new"): OpenedVideo {
  return {
    probe: video.probe,
    async *frames(request) {
      try {
        yield* video.frames(request);
      } catch (error) {
        throw nameFile(error, which);
      }
    },
    convert: (conversion, output) => video.convert(conversion, output),
    [Symbol.asyncDispose]: () => video[Symbol.asyncDispose](),
  };
}
