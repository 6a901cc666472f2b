import {
  addChapters,
  type FoundFile,
  formatCount,
  noChaptersKnown,
  readChaptersBeside,
} from "@clipcourier/batch";
import {
  assetOf,
  type Chapter,
  type Clip,
  type DirectUploadClient,
  getMediaType,
} from "@clipcourier/core";
import { logLine, warn } from "../runner/log.js";

/** The chapters of a video, and where they were found. */
interface FoundChapters {
  file: string;
  chapters: readonly Chapter[];
}

/**
 * Reads the chapters that are beside the videos. Those that cannot be read are a warning: their video is
 * uploaded all the same.
 *
 * @param mime the media type of all files; that of each name by default
 * @returns of each file, in their order
 */
export async function findChapters(
  files: readonly FoundFile[],
  mime: string | undefined,
): Promise<(FoundChapters | undefined)[]> {
  const found: (FoundChapters | undefined)[] = [];
  for (const file of files) {
    // A picture has no times.
    const isPhoto = assetOf(mime ?? getMediaType(file.path)) === "photo";
    found.push(isPhoto ? undefined : await readBeside(file));
  }
  return found;
}

async function readBeside(video: FoundFile): Promise<FoundChapters | undefined> {
  const beside = await readChaptersBeside(video);
  if (beside === undefined) return undefined;
  const { file, chapters, problem } = beside;
  if (problem !== undefined) warn(`${problem} ${video.path} is uploaded without chapters.`);
  return chapters && { file, chapters };
}

/**
 * Gives a clip its chapters. Where that does not work, the clip is there, and a warning says so.
 *
 * @returns whether the service knows no chapters, which is no warning for each clip
 */
export async function giveChapters(
  clip: Clip,
  video: string,
  { file, chapters }: FoundChapters,
  { client, signal }: { client: DirectUploadClient; signal: AbortSignal },
): Promise<boolean> {
  // The content of a file that is named as a video can be known as a photo.
  if (clip.asset === "photo") return false;
  const problem = await addChapters(client, clip, chapters, signal);
  const isUnknown = problem === noChaptersKnown;
  const done = `${formatCount(chapters.length, "chapter")} of ${file}`;
  if (problem === undefined || isUnknown) logLine(`Chapters: ${video}: ${problem ?? done}`);
  else warn(`${video}: ${problem}`);
  return isUnknown;
}
