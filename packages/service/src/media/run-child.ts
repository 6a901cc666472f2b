import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ChildAnswer, memoryLimitMark } from "./child-answer.js";
import type { MediaSource } from "./types.js";

/** What one child process may use. */
export interface ChildLimits {
  /** Milliseconds. */
  time: number;
  /** Bytes of resident memory. */
  memory: number;
}

/** The only variables passed on: what a process needs to start and find libraries, no secrets. */
const passedVariables = [
  "PATH",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "NODE_EXTRA_CA_CERTS",
  "SystemRoot",
  "TEMP",
  "TMP",
  "TMPDIR",
];

/** MiB for JavaScript objects; pictures are outside of that heap. */
const heapLimit = 256;

/**
 * Inspects one file in a child process, which has ended when this resolves. When the child ends
 * without a message, the result is `unavailable`, with the cause.
 */
export function inspectInChild(
  source: MediaSource,
  limits: ChildLimits,
  signal: AbortSignal,
): Promise<ChildAnswer> {
  const child = start(limits);
  return new Promise((resolve) => {
    let answer: ChildAnswer | null = null;
    let stderrTail = "";
    const end = (result: ChildAnswer): void => {
      answer ??= result;
      child.kill("SIGKILL");
    };
    const stop = (): void => end(unavailable("the work was stopped"));
    const tooLong = `reading it took longer than ${limits.time / 1000} s`;
    const timer = setTimeout(() => end(unavailable(tooLong)), limits.time);
    signal.addEventListener("abort", stop, { once: true });
    // The message is complete by then, and a clean shutdown of FFmpeg would only take time.
    child.on("message", (message: ChildAnswer) => end(message));
    // Not an argument: everybody can read those, and a URL has a signature.
    child.send(source, () => {});
    child.on("error", (error) => {
      answer ??= unavailable(`no process could be started: ${error.message}`);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderrTail = (stderrTail + chunk.toString()).slice(-4096);
    });
    child.once("close", (code, killer) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(answer ?? unavailable(explainEnd(stderrTail, limits, killer ?? `code ${code}`)));
    });
  });
}

function start(limits: ChildLimits): ChildProcess {
  const env = Object.fromEntries(
    passedVariables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const entry = fileURLToPath(new URL("./child.js", import.meta.url));
  return fork(entry, [String(limits.memory)], {
    env,
    execArgv: [`--max-old-space-size=${heapLimit}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function explainEnd(stderrTail: string, limits: ChildLimits, cause: string): string {
  if (stderrTail.includes(memoryLimitMark) || stderrTail.includes("heap out of memory")) {
    return `reading it took more than ${Math.round(limits.memory / 2 ** 20)} MiB of memory`;
  }
  return `the process that read it ended unexpectedly (${cause})`;
}

function unavailable(reason: string): ChildAnswer {
  return { kind: "result", result: { outcome: "unavailable", reason } };
}
