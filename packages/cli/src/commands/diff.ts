import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { toPrintable, UsageError } from "@clipcourier/batch";
import type { IgnoreBox, VideoDiff } from "@clipcourier/core";
import { type CompareResult, createMedia } from "@clipcourier/service";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { findFile } from "./find-file.js";
import { printDiff, toExitCode } from "./print-diff.js";

export interface DiffFlags {
  ignore: IgnoreBox[];
  tolerance?: number;
  smallArea?: number;
  smallDuration?: number;
  json?: boolean;
  failOnChange?: boolean;
  picture?: string;
  ffmpeg?: string;
  timeout?: number;
}

/** `clipcourier diff` */
export async function diff(oldPath: string, newPath: string, flags: DiffFlags): Promise<ExitCode> {
  const [old, now] = [await findFile(oldPath), await findFile(newPath)];
  if (flags.picture !== undefined) await requireFolderOf(flags.picture);
  using interrupt = listenForInterrupt();
  const result = await compare(old, now, flags, interrupt.signal);
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  if (result.outcome === "not-media") {
    const files = `${toPrintable(oldPath)} with ${toPrintable(newPath)}`;
    throw new UsageError(`Nothing was compared (${files}): ${result.reason}.`);
  }
  if (result.outcome === "unavailable") throw explainUnavailable(result, flags);
  noteBoxesOutside(result.diff, flags.ignore);
  const { path: picture, isWritten } = await keepPicture(result.picture, flags.picture);
  if (flags.json) printJson({ ...result.diff, picture });
  else {
    printDiff(result.diff);
    if (picture !== null) print(`picture: ${toPrintable(picture)}`);
  }
  return isWritten ? toExitCode(result.diff, flags) : exitCode.failed;
}

function explainUnavailable(
  { reason, detail = "" }: Extract<CompareResult, { outcome: "unavailable" }>,
  { ffmpeg }: DiffFlags,
): Error {
  // What was asked for is wrong, and there is no service here whose FFmpeg it could be.
  if (ffmpeg !== undefined && detail !== "") return new UsageError(`--ffmpeg: ${detail}`);
  return new Error(`${reason} ${detail}`.trim());
}

/** So that no comparison is made for a picture that cannot be kept. */
async function requireFolderOf(picture: string): Promise<void> {
  const folder = path.dirname(picture);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new UsageError(`--picture: there is no folder ${toPrintable(folder)}. Make it first.`);
}

async function compare(
  old: string,
  now: string,
  flags: DiffFlags,
  signal: AbortSignal,
): Promise<CompareResult> {
  const { ffmpeg, timeout, ignore, tolerance, smallArea, smallDuration } = flags;
  const media = createMedia({
    ...(ffmpeg !== undefined && { ffmpeg }),
    ...(timeout !== undefined && { comparisonTimeLimit: timeout }),
  });
  const options = {
    account: "",
    picture: flags.picture !== undefined,
    ignore,
    ...(tolerance !== undefined && { tolerance }),
    ...(smallArea !== undefined && { smallArea }),
    ...(smallDuration !== undefined && { smallDuration }),
  };
  try {
    const result = await media.compare?.(old, now, options, signal);
    return result ?? { outcome: "unavailable", reason: "Files cannot be compared here." };
  } finally {
    await media.close();
  }
}

/** Boxes that somebody has drawn on a picture of another size hide nothing. */
function noteBoxesOutside({ old }: VideoDiff, boxes: readonly IgnoreBox[]): void {
  if (old === null) return;
  const { width, height } = old;
  for (const { x, y, unit, ...size } of boxes) {
    // Shares are of any picture.
    if (unit === "share" || (x < width && y < height)) continue;
    const box = [x, y, size.width, size.height].join();
    printNote(
      `--ignore ${box} lies outside of the picture, which has ${width} × ${height} pixels.`,
    );
  }
}

interface KeptPicture {
  /** `null` where there is none. */
  path: string | null;
  /** `false` where it could not be written. */
  isWritten: boolean;
}

/** Writes the picture where it was asked for. What has changed is told also where that fails. */
async function keepPicture(
  picture: Uint8Array | null,
  file: string | undefined,
): Promise<KeptPicture> {
  if (file === undefined) return { path: null, isWritten: true };
  if (!picture) {
    printNote(`There is nothing to show in ${toPrintable(file)}: it was not written.`);
    return { path: null, isWritten: true };
  }
  try {
    await writeFile(file, picture);
    const type = Buffer.from(picture).toString("latin1", 0, 3) === "GIF" ? "gif" : "png";
    if (path.extname(file).toLowerCase() !== `.${type}`) {
      printNote(`${toPrintable(file)} is a ${type.toUpperCase()}, whatever its name says.`);
    }
    return { path: file, isWritten: true };
  } catch (error) {
    printNote(`The picture could not be written: ${toPrintable(String(error))}`);
    return { path: null, isWritten: false };
  }
}
