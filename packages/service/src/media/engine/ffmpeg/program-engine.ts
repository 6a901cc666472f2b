import { endForMemory } from "../../memory-limit.js";
import type { OpenedSource } from "../../source.js";
import type { Engine, OpenedVideo } from "../engine.js";
import { convertVideo } from "./convert-video.js";
import { encodeAnimation, encodeJpeg, encodePng } from "./encode-pictures.js";
import type { FfmpegProgram } from "./ffmpeg-program.js";
import { probeVideo } from "./probe.js";
import { openInput } from "./program-input.js";
import { ProgramMemory } from "./program-memory.js";
import { readFrames } from "./read-frames.js";
import type { Tools } from "./tools.js";

/**
 * Runs the programs for each step of the work, in the process group of this process.
 *
 * @param memoryLimit bytes that this process and its programs may hold together; it ends itself and
 * them when they hold more
 */
export function createProgramEngine(program: FfmpegProgram, memoryLimit: number): Engine {
  const memory = new ProgramMemory(memoryLimit, endForMemory);
  const tools: Tools = { program, memory };
  return {
    name: program.name,
    open: (source) => openVideo(tools, source),
    encodeJpeg: (frame, quality) => encodeJpeg(tools, frame, quality),
    encodePng: (frame) => encodePng(tools, frame),
    encodeAnimation: (frames, encoding) => encodeAnimation(tools, frames, encoding),
  };
}

async function openVideo(tools: Tools, source: OpenedSource): Promise<OpenedVideo> {
  const input = await openInput(source);
  try {
    const video = await probeVideo(tools, source, input);
    return {
      probe: video.probe,
      frames: (request) => readFrames(tools, source, input, video, request),
      convert: (conversion, output) => convertVideo(tools, input, video, conversion, output),
      [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
    };
  } catch (error) {
    await input[Symbol.asyncDispose]();
    throw error;
  }
}
