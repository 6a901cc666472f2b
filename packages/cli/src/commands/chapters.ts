import {
  addChapters,
  type FoundFile,
  noChaptersKnown,
  readChapters,
  toPrintable,
  UsageError,
} from "@clipcourier/batch";
import type { Chapter, Clip, DirectUploadClient } from "@clipcourier/core";
import { printNote } from "../terminal/output.js";

/** Chapters that were asked for. */
export interface GivenChapters {
  /** `undefined` where none were asked for, or they cannot be read. */
  chapters?: readonly Chapter[];
  /** Whether they were asked for and the clip has none, which was told. */
  areMissing: boolean;
}

/**
 * The chapters of a WebVTT file, for the one video that they belong to. What cannot be read is told: the
 * video is uploaded all the same.
 *
 * @throws UsageError for several videos
 */
export async function chooseChapters(
  path: string | undefined,
  videos: readonly FoundFile[],
): Promise<GivenChapters> {
  if (path === undefined) return { areMissing: false };
  if (videos.length > 1) {
    throw new UsageError(
      `--chapters belongs to one video, and ${videos.length} were found. Upload it by itself. Nothing was uploaded.`,
    );
  }
  const { chapters, problem } = await readChapters(path);
  if (chapters !== undefined) return { chapters, areMissing: false };
  printNote(`${problem} The video is uploaded without chapters; run this again to add them.`);
  return { areMissing: true };
}

/** Gives the clip the chapters that were asked for. It is there also where that does not work. */
export async function giveChapters(
  file: string,
  clip: Clip,
  given: GivenChapters,
  { client, signal }: { client: DirectUploadClient; signal: AbortSignal },
): Promise<void> {
  const { chapters } = given;
  // A picture has no times.
  if (chapters === undefined || clip.asset === "photo") return;
  const problem = await addChapters(client, clip, chapters, signal);
  if (problem === undefined) return;
  // A service that knows no chapters is no failure: nobody can do anything about it here.
  given.areMissing = problem !== noChaptersKnown;
  printNote(toPrintable(`${file}: ${problem}`));
}
