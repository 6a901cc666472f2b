import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FfmpegProgram } from "./ffmpeg-program.js";
import { findFfprobe } from "./find-program.js";

/** A program that can be used, and what it was built without. */
export interface CheckedProgram {
  program: FfmpegProgram;
  /** For people: `the encoder libx264`. */
  lacks: string[];
}

/** FFmpeg 5.1. */
const oldest = { release: "5.1", libavutil: [57, 28] } as const;

/** Without these there is no picture at all. */
const needed = {
  filters: "fps select settb setpts tpad scale format split palettegen paletteuse setsar".split(
    " ",
  ),
  encoders: ["mjpeg", "gif", "rawvideo"],
};

/** Without these, something is missing that not every video needs. */
const wanted = {
  filters: [
    "transpose",
    "hflip",
    "vflip",
    "bwdif",
    "lutrgb",
    "overlay",
    "tonemap",
    "zscale",
    "setparams",
  ],
  encoders: ["libwebp_anim", "libx264", "aac", "png"],
};

/**
 * Finds out whether an FFmpeg can do the work.
 *
 * @throws Error with a sentence that names the program and what is wrong with it
 */
export async function checkProgram(ffmpeg: string): Promise<CheckedProgram> {
  const version = await ask(ffmpeg, "-version");
  const name = /^ffmpeg version (\S+)/.exec(version)?.[1];
  if (name === undefined) throw new Error(`${ffmpeg} is not FFmpeg's program ffmpeg`);
  const library = versionOfLibrary(version);
  if (isBefore(library, oldest.libavutil)) {
    throw new Error(`${ffmpeg} is FFmpeg ${name}, and ${oldest.release} or later is needed`);
  }
  const ffprobe = findFfprobe(ffmpeg);
  if (ffprobe === null) throw new Error(`there is no ffprobe beside ${ffmpeg}`);
  const filters = listNames(await ask(ffmpeg, "-filters"));
  const encoders = listNames(await ask(ffmpeg, "-encoders"));
  const find = (names: typeof needed) => [
    ...names.filters.filter((each) => !filters.has(each)).map((each) => `the filter ${each}`),
    ...names.encoders.filter((each) => !encoders.has(each)).map((each) => `the encoder ${each}`),
  ];
  const missing = find(needed);
  if (missing.length > 0) {
    throw new Error(`${ffmpeg} was built without ${missing.join(", ")}`);
  }
  const decodable = listDecodable(await ask(ffmpeg, "-codecs"));
  const canStateRotation = !isBefore(library, [58, 0]);
  const program = { name: `ffmpeg ${name}`, ffmpeg, ffprobe, canStateRotation, decodable };
  return { program, lacks: find(wanted) };
}

async function ask(ffmpeg: string, what: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(ffmpeg, ["-hide_banner", what], {
      maxBuffer: 2 ** 24,
      timeout: 30_000,
      killSignal: "SIGKILL",
    });
    return stdout;
  } catch (error) {
    const { code, signal } = error as { code?: string | number | null; signal?: string | null };
    // Another program refuses the argument, and what it prints is not what is looked for.
    if (typeof code === "number") return "";
    throw new Error(`${ffmpeg} cannot be run (${code ?? signal})`);
  }
}

type LibraryVersion = readonly [major: number, minor: number];

/** Of the library that comes with a release: builds of development versions have no other number. */
function versionOfLibrary(version: string): LibraryVersion {
  const [, major = 0, minor = 0] =
    /^libavutil\s+(\d+)\.\s*(\d+)\./m.exec(version)?.map(Number) ?? [];
  return [major, minor];
}

function isBefore([major, minor]: LibraryVersion, [otherMajor, otherMinor]: LibraryVersion) {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Each line begins with what FFmpeg can do with a codec: first a `D` where it decodes it. */
function listDecodable(list: string): string[] {
  return list.split("\n").flatMap((line) => /^ D[.E][VA]\S* (\w+)/.exec(line)?.[1] ?? []);
}

/** The second word of each line that describes a filter or an encoder. */
function listNames(list: string): Set<string> {
  return new Set(list.split("\n").map((line) => line.trim().split(/\s+/)[1] ?? ""));
}
