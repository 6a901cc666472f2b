import { writeFile } from "node:fs/promises";
import { toPrintable, UsageError } from "@clipcourier/batch";
import type { DiffBox, DiffRange, VideoDiff } from "@clipcourier/core";
import { type CompareResult, createMedia, type IgnoreBox } from "@clipcourier/service";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { findVideo } from "./find-video.js";
import { type Column, renderTable } from "./table.js";

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
  const [old, now] = [await findVideo(oldPath), await findVideo(newPath)];
  using interrupt = listenForInterrupt();
  const result = await compare(old, now, flags, interrupt.signal);
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  if (result.outcome === "not-media")
    throw new UsageError(`Nothing was compared: ${result.reason}.`);
  if (result.outcome === "unavailable") {
    throw new Error(`${result.reason} ${result.detail ?? ""}`.trim());
  }
  const picture = await keepPicture(result.picture, flags.picture);
  if (flags.json) printJson({ ...result.diff, picture });
  else printDiff(result.diff, picture);
  return toExitCode(result.diff, flags);
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
    return result ?? { outcome: "unavailable", reason: "Videos cannot be compared here." };
  } finally {
    await media.close();
  }
}

/** Writes the picture where it was asked for, and returns its path; `null` where there is none. */
async function keepPicture(
  picture: Uint8Array | null,
  path: string | undefined,
): Promise<string | null> {
  if (path === undefined) return null;
  if (!picture) {
    printNote(`There is nothing to show in ${toPrintable(path)}: it was not written.`);
    return null;
  }
  await writeFile(path, picture);
  return path;
}

function printDiff(found: VideoDiff, picture: string | null): void {
  const { stdout } = process;
  print(toPrintable(found.summary));
  if (found.ranges.length > 0) {
    const width = stdout.isTTY ? stdout.columns : undefined;
    print(renderTable(columns, found.ranges.map(toRow), chooseColors(stdout), width));
  }
  if (picture !== null) print(`picture: ${toPrintable(picture)}`);
}

const columns: Column[] = [
  { heading: "what" },
  { heading: "old (s)" },
  { heading: "new (s)" },
  { heading: "picture", narrow: 1 },
  { heading: "where (x,y width x height)", narrow: 2 },
];

function toRow({ kind, old, new: now, share, regions }: DiffRange): string[] {
  const area = share === 0 ? "" : `${(share * 100).toFixed(1)} %`;
  return [kind, toSpan(old), toSpan(now), area, toPlaces(regions)];
}

function toSpan({ from, to }: DiffRange["old"]): string {
  return from === to ? `at ${from.toFixed(3)}` : `${from.toFixed(3)} - ${to.toFixed(3)}`;
}

const mostPlaces = 3;

function toPlaces(regions: readonly DiffBox[]): string {
  const shown = regions
    .slice(0, mostPlaces)
    .map(({ x, y, width, height }) => `${x},${y} ${width}x${height}`);
  const rest = regions.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join("; ");
}

/** What cannot be told is not taken for no change where a change has to fail. */
function toExitCode({ verdict }: VideoDiff, { failOnChange = false }: DiffFlags): ExitCode {
  if (!failOnChange || verdict === "same" || verdict === "re-encoded") return exitCode.done;
  return verdict === "cannot-tell" ? exitCode.failed : exitCode.changed;
}
