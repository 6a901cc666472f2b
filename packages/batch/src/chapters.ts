import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import {
  type Chapter,
  type Clip,
  type DirectUploadClient,
  isDirectUploadError,
  type OpenedFile,
  parseChapters,
} from "@clipcourier/core";
import type { FoundFile } from "./find-files.js";
import { toPrintable } from "./printable.js";

// Bytes: many times what the most and longest chapters take.
const mostBytes = 1024 * 1024;

/** The chapters of a WebVTT file, or why there are none: a sentence that names the file. */
export type ChaptersOfFile =
  | { chapters: Chapter[]; problem?: undefined }
  | { chapters?: undefined; problem: string };

/** Reads the chapters of a WebVTT file, which messages call `shown`. */
export function readChapters(file: string, shown = file): Promise<ChaptersOfFile> {
  return readOpened(file, constants.O_RDONLY, { shown });
}

interface OpenOptions extends Pick<BesideOptions, "checkFile"> {
  /** What the file is called in messages. */
  shown: string;
}

async function readOpened(
  file: string | URL,
  flags: number,
  { shown, checkFile }: OpenOptions,
): Promise<ChaptersOfFile> {
  try {
    await using opened = await open(file, flags);
    const { size, dev, ino } = await opened.stat({ bigint: true });
    await checkFile?.({ path: shown, fd: opened.fd, device: dev, inode: ino });
    if (size > mostBytes) throw new Error(`it has over ${mostBytes} bytes`);
    return { chapters: parseChapters(await opened.readFile("utf8")) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: toPrintable(`${shown}: ${reason.replace(/\.?$/, ".")}`) };
  }
}

/**
 * What the names of the files with chapters end with, in place of the video's extension. The second may hold
 * subtitles as well.
 */
const chapterEndings = [".chapters.vtt", ".vtt"] as const;

export interface BesideOptions {
  /**
   * What the names may end with; the first that is there is read.
   *
   * @default [".chapters.vtt", ".vtt"]
   */
  endings?: readonly (typeof chapterEndings)[number][];
  /**
   * Refuses a file that is open, by throwing, before anything of it is read. Its message says why there are no
   * chapters.
   */
  checkFile?: ((file: OpenedFile) => void | Promise<void>) | undefined;
}

/**
 * Reads the chapters that are beside a video: those of `out/intro.mp4` in `out/intro.chapters.vtt`, else in
 * `out/intro.vtt`. `undefined` where there is neither.
 */
export async function readChaptersBeside(
  { path, url }: FoundFile,
  { endings = chapterEndings, checkFile }: BesideOptions = {},
): Promise<(ChaptersOfFile & { file: string }) | undefined> {
  for (const ending of endings) {
    const shown = replaceExtension(path, ending);
    const file = url === undefined ? shown : new URL(replaceExtension(url.href, ending));
    if (!(await isThere(file))) continue;
    return { file: shown, ...(await readOpened(file, atOnce, { shown, checkFile })) };
  }
  return undefined;
}

// Without O_NONBLOCK, a named pipe that has taken the place of the file would be waited for for ever.
const atOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function replaceExtension(path: string, ending: string): string {
  return path.replace(/(?<=[^/])\.[^./]*$/, "") + ending;
}

async function isThere(file: string | URL): Promise<boolean> {
  try {
    // A folder or a pipe of that name is something else.
    return (await stat(file)).isFile();
  } catch (error) {
    // One that may not be looked at is there: reading it says why it cannot be read.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

/** Gives a clip its chapters. The clip is there whatever becomes of them, so a failure is a sentence. */
export async function addChapters(
  client: DirectUploadClient,
  { id }: Clip,
  chapters: readonly Chapter[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const clip = await client.setChapters(id, chapters, { signal });
    return clip.chapters === undefined ? noChaptersKnown : undefined;
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    return `no chapters: ${error.message}`;
  }
}

/** What {@link addChapters} says where the service knows no chapters. */
export const noChaptersKnown = "no chapters, because the service does not know them.";
