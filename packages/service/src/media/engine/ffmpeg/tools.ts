import type { FfmpegProgram } from "./ffmpeg-program.js";
import type { ProgramMemory } from "./program-memory.js";
import { type RunningProgram, runProgram, startProgram } from "./run-program.js";

/** The programs, and what watches the memory that they use. */
export interface Tools {
  program: FfmpegProgram;
  memory: ProgramMemory;
}

interface Feed {
  /** For its stdin. */
  input?: Iterable<Uint8Array>;
  env?: Record<string, string>;
}

/** Runs one of the programs, and gives what it wrote to stdout. */
export function runTool(
  tools: Tools,
  name: "ffmpeg" | "ffprobe",
  args: readonly string[],
  { input = [], env = {} }: Feed = {},
): Promise<Buffer> {
  return runProgram(callOf(tools, name, args, env), input);
}

/** Starts ffmpeg, whose output is read while it runs. */
export function startFfmpeg(
  tools: Tools,
  args: readonly string[],
  env: Record<string, string>,
): RunningProgram {
  return startProgram(callOf(tools, "ffmpeg", args, env));
}

function callOf(
  tools: Tools,
  name: "ffmpeg" | "ffprobe",
  args: readonly string[],
  env: Record<string, string>,
) {
  const { memory } = tools;
  // No single allocation over the limit, whatever a file asks for: all there is where nobody watches.
  const common = ["-hide_banner", "-v", "error", "-max_alloc", String(memory.limit)];
  const own = name === "ffmpeg" ? [...common, "-nostdin", "-y"] : common;
  return { program: tools.program[name], args: [...own, ...args], env, memory };
}
