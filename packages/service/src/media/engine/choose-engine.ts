import { fork } from "node:child_process";
import { findPackageJSON } from "node:module";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../child-environment.js";
import type { MediaEngine } from "../types.js";
import { checkProgram } from "./ffmpeg/check-program.js";
import { findOnPath } from "./ffmpeg/find-program.js";
import type { EngineChoice } from "./load-engine.js";
import type { Trial } from "./try-node-av.js";

/** What was chosen, for a child process to load and for people. */
export type ChosenEngine =
  | { choice: EngineChoice; engine: Extract<MediaEngine, { name: string }> }
  | { choice: null; engine: Extract<MediaEngine, { missing: string }> };

/** Milliseconds. Loading it takes a fraction of a second. */
const trialTimeout = 60_000;

const remedy =
  "run `npm install node-av` next to the service, or install FFmpeg 5.1 or later; name a program in another place with `--ffmpeg PATH`, or `createMedia({ ffmpeg: PATH })`";

/**
 * Finds FFmpeg: the program that was named, or else the package node-av, or else a program on the
 * PATH.
 *
 * @param ffmpeg the path of a program that has to be taken
 */
export async function chooseEngine(ffmpeg?: string): Promise<ChosenEngine> {
  if (ffmpeg !== undefined) return tryProgram(ffmpeg, (problem) => problem);
  const trial = await tryNodeAv();
  if ("name" in trial) {
    return { choice: { kind: "node-av" }, engine: { name: trial.name, lacks: [] } };
  }
  const found = findOnPath();
  if (found !== null) return tryProgram(found, (problem) => explain(trial.problem, problem));
  return none(explain(trial.problem, "there is no ffmpeg on the PATH"));
}

function explain(...problems: string[]): string {
  return `${problems.join(", and ")}: ${remedy}`;
}

function none(missing: string): ChosenEngine {
  return { choice: null, engine: { missing } };
}

async function tryProgram(
  ffmpeg: string,
  explainProblem: (problem: string) => string,
): Promise<ChosenEngine> {
  try {
    const { program, lacks } = await checkProgram(ffmpeg);
    return {
      choice: { kind: "program", program },
      engine: { name: `${program.name} (${ffmpeg})`, lacks },
    };
  } catch (error) {
    return none(explainProblem(error instanceof Error ? error.message : String(error)));
  }
}

async function tryNodeAv(): Promise<Trial> {
  if (!isInstalled()) return { problem: "the package node-av is not installed" };
  const trial = await runTrial();
  if ("name" in trial) return trial;
  return { problem: `the package node-av does not work here (${trial.problem.trim()})` };
}

function runTrial(): Promise<Trial> {
  const entry = fileURLToPath(new URL("./try-node-av.js", import.meta.url));
  const child = fork(entry, {
    env: childEnvironment(),
    execArgv: [],
    timeout: trialTimeout,
    killSignal: "SIGKILL",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return new Promise((resolve) => {
    let trial: Trial | null = null;
    child.once("message", (message: Trial) => {
      trial = message;
    });
    child.once("error", ({ message }) => resolve({ problem: message }));
    child.once("close", (code, killer) => {
      resolve(trial ?? { problem: `it ended the process that loaded it, ${killer ?? code}` });
    });
  });
}

function isInstalled(): boolean {
  try {
    return findPackageJSON("node-av", import.meta.url) !== undefined;
  } catch {
    return false;
  }
}
