import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ProgramMemory } from "./program-memory.js";

/** A program has failed. The message is its last words, without the place of the video. */
export class ProgramError extends Error {
  /** The end of what it wrote to stderr. */
  readonly log: string;
  /** `null` where it could not be started, or a signal has ended it. */
  readonly exitCode: number | null;

  constructor(message: string, log: string, exitCode: number | null) {
    super(message);
    this.log = log;
    this.exitCode = exitCode;
  }

  /** Whether its input may be the cause: it has ended itself, and does not say that it lacks something. */
  get mayBeOfInput(): boolean {
    return this.exitCode !== null && !lacking.test(this.log);
  }
}

export interface ProgramCall {
  /** The path of the program. */
  program: string;
  args: readonly string[];
  /** Variables of its environment, which is empty but for where libraries are. */
  env?: Record<string, string>;
  memory: ProgramMemory;
}

/** A program that runs. It is ended when this is disposed of. */
export interface RunningProgram extends Disposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /**
   * Resolves when it has ended, and its output is complete.
   *
   * @throws ProgramError when it failed
   */
  readonly ended: Promise<void>;
}

/** What a program needs to find its libraries, and Windows to open a socket. */
const passedVariables = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP"];

/** Characters. A damaged video makes FFmpeg complain about each of its frames. */
const logLimit = 8192;

/** Starts a program in the process group of this process, with which it is ended. */
export function startProgram({ program, args, env = {}, memory }: ProgramCall): RunningProgram {
  const passed = passedVariables.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = spawn(program, args, {
    env: { ...Object.fromEntries(passed), ...env },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const { pid } = child;
  if (pid !== undefined) memory.add(pid);
  // A program that has seen enough closes its input, which is no failure of its own.
  child.stdin.on("error", () => {});
  const ended = waitForEnd(child, args).finally(() => pid !== undefined && memory.remove(pid));
  // Whoever breaks off does not wait for the end.
  ended.catch(() => {});
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

/** Runs a program, with bytes for its stdin, and gives the bytes of its stdout. */
export async function runProgram(
  call: ProgramCall,
  input: Iterable<Uint8Array> = [],
): Promise<Buffer> {
  using running = startProgram(call);
  const written = write(running.stdin, input);
  const chunks: Buffer[] = [];
  for await (const chunk of running.stdout) chunks.push(chunk);
  await running.ended;
  await written;
  return Buffer.concat(chunks);
}

async function write(stdin: Writable, input: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of input) {
    if (stdin.destroyed) return;
    await new Promise<void>((resolve) => stdin.write(chunk, () => resolve()));
  }
  stdin.end();
}

function waitForEnd(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  args: readonly string[],
): Promise<void> {
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-logLimit);
  });
  return new Promise((resolve, reject) => {
    child.once("error", ({ message }) => reject(new ProgramError(message, log, null)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else {
        const words = lastWords(log, args) || `it ended with ${signal ?? code}`;
        reject(new ProgramError(words, log, code));
      }
    });
  });
}

/** What FFmpeg was built without is told by a line before the last. */
const lacking = /No such filter: .*|Unknown (?:en|de)coder .*/;

/** The cause in a log, for people: without addresses in memory and without the video's place. */
function lastWords(log: string, args: readonly string[]): string {
  const line = lacking.exec(log)?.[0] ?? log.trim().split("\n").at(-1)?.trim() ?? "";
  const input = args[args.lastIndexOf("-i") + 1];
  const anonymous = input ? line.replaceAll(input, "the video") : line;
  return anonymous.replace(/^(\[[^\]]*\] *)+/, "").slice(0, 300);
}
