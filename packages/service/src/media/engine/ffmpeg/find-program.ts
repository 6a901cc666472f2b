import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";

const suffix = process.platform === "win32" ? ".exe" : "";

/** The first `ffmpeg` on the PATH; `null` where there is none. */
export function findOnPath(): string | null {
  const folders = (process.env.PATH ?? process.env.Path ?? "").split(delimiter);
  // A relative folder would be another one in each place that the service is started from.
  const candidates = folders.filter(isAbsolute).map((folder) => join(folder, `ffmpeg${suffix}`));
  return candidates.find(canRun) ?? null;
}

/** The `ffprobe` beside an `ffmpeg`, or beside what that is a link to; `null` where there is none. */
export function findFfprobe(ffmpeg: string): string | null {
  const name = `ffprobe${suffix}`;
  const candidates = [join(dirname(ffmpeg), name)];
  // Some systems install each version with a name of its own: `ffmpeg7` and `ffprobe7`.
  candidates.unshift(join(dirname(ffmpeg), basename(ffmpeg).replace("ffmpeg", "ffprobe")));
  try {
    candidates.push(join(dirname(realpathSync(ffmpeg)), name));
  } catch {
    // It is not there at all, which running it will tell.
  }
  return candidates.find((candidate) => candidate !== ffmpeg && canRun(candidate)) ?? null;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
