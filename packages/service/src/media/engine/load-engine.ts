import type { Engine } from "./engine.js";
import type { FfmpegProgram } from "./ffmpeg/ffmpeg-program.js";

/** Where FFmpeg is taken from. */
export type EngineChoice = { kind: "node-av" } | { kind: "program"; program: FfmpegProgram };

/**
 * @param memoryLimit bytes that this process and the programs it starts may hold together
 * @throws when it does not work on this machine
 */
export async function loadEngine(choice: EngineChoice, memoryLimit: number): Promise<Engine> {
  if (choice.kind === "program") {
    const { createProgramEngine } = await import("./ffmpeg/program-engine.js");
    return createProgramEngine(choice.program, memoryLimit);
  }
  const { createNodeAvEngine } = await import("./node-av/node-av-engine.js");
  return createNodeAvEngine();
}
