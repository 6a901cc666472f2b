import { addChapters, readChaptersBeside } from "@clipcourier/batch";
import type { Clip, DirectUploadClient, OpenedFile } from "@clipcourier/core";
import type { LogOutputChannel, Uri } from "vscode";

export interface ChaptersContext {
  client: DirectUploadClient;
  log: LogOutputChannel;
  signal: AbortSignal;
  /** Refuses a file that is open, by throwing, before anything of it is read. */
  checkFile(file: OpenedFile): Promise<void>;
}

/**
 * Gives the clip of a video the chapters of the file beside it: those of `intro.mp4` in
 * `intro.chapters.vtt`. An `intro.vtt` may hold subtitles, and nobody was asked. The clip is there whatever
 * becomes of its chapters.
 *
 * @returns why the clip has none although there is such a file
 */
export async function giveChapters(
  clip: Clip,
  video: Uri,
  { client, log, signal, checkFile }: ChaptersContext,
): Promise<string | undefined> {
  // A picture has no times, and files that are on no disk have no neighbours here.
  if (clip.asset === "photo" || video.scheme !== "file") return undefined;
  const beside = await readChaptersBeside(
    { path: video.fsPath, size: 0 },
    { endings: [".chapters.vtt"], checkFile },
  );
  if (beside === undefined) return undefined;
  const { file, chapters } = beside;
  const problem =
    chapters === undefined ? beside.problem : await addChapters(client, clip, chapters, signal);
  if (problem === undefined) log.info(`${chapters?.length} chapters of ${file}: clip ${clip.id}`);
  else log.warn(`No chapters for clip ${clip.id}: ${problem}`);
  return problem;
}
