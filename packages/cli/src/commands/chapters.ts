import {
  addChapters,
  type ChaptersOfFile,
  type FoundFile,
  noChaptersKnown,
  readChapters,
  toPrintable,
  UsageError,
} from "@clipcourier/batch";
import type { Chapter, Clip, DirectUploadClient } from "@clipcourier/core";
import { printNote } from "../terminal/output.js";
import { findFile } from "./find-file.js";

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
  const { chapters, problem } = await read(path);
  if (chapters !== undefined) return { chapters, areMissing: false };
  printNote(`${problem} The clip gets none of its chapters; run this again to add them.`);
  return { areMissing: true };
}

async function read(path: string): Promise<ChaptersOfFile> {
  try {
    return await readChapters(await findFile(path), path);
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
}

/** Gives the clip the chapters that were asked for. It is there also where that does not work. */
export async function giveChapters(
  file: string,
  clip: Clip,
  given: GivenChapters,
  { client, signal }: { client: DirectUploadClient; signal: AbortSignal },
): Promise<void> {
  const { chapters } = given;
  if (chapters === undefined) return;
  const isPhoto = clip.asset === "photo";
  const problem = isPhoto ? noTimes : await addChapters(client, clip, chapters, signal);
  if (problem === undefined) return noteLate(file, clip, chapters);
  // A service that knows no chapters is no failure: nobody can do anything about it here.
  given.areMissing = problem !== noChaptersKnown;
  printNote(toPrintable(`${file}: ${problem}`));
}

const noTimes = "no chapters, because it is a picture, which has no times.";

/** Chapters of another video are the likeliest mistake. */
function noteLate(file: string, { duration }: Clip, chapters: readonly Chapter[]): void {
  const late = chapters.filter(({ start }) => start >= (duration ?? Infinity)).length;
  if (late === 0) return;
  const which = late === 1 ? "a chapter begins" : `${late} chapters begin`;
  printNote(toPrintable(`${file}: ${which} after its end. Are they of another video?`));
}
