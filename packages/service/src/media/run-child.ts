import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "./child-environment.js";
import type { ChildEnd, ChildMessage, ChildTask } from "./child-messages.js";
import { memoryLimitMark } from "./memory-limit.js";
import { endGroup, hasGroups } from "./process-group.js";

/** What one child process may use. */
export interface ChildLimits {
  /** Milliseconds. */
  time: number;
  /** Bytes of resident memory. */
  memory: number;
}

/** How a child process ended: by its own message, by a limit or a crash, or because it was stopped. */
export type ChildResult = ChildEnd | Broken | { kind: "stopped" };

/** `isOverLimit` where the file took more time or memory than it may, which it will do again. */
interface Broken {
  kind: "broken";
  reason: string;
  isOverLimit: boolean;
}

/** MiB for JavaScript objects; pictures are outside of that heap. */
const heapLimit = 256;

const ends = new Set<string>([
  "done",
  "not-media",
  "failed",
  "no-engine",
] satisfies ChildEnd["kind"][]);

/**
 * Gives a child process a task, and passes on what it reports. The child has ended when this
 * resolves.
 */
export function runChild(
  task: ChildTask,
  limits: ChildLimits,
  signal: AbortSignal,
  take: (message: Exclude<ChildMessage, ChildEnd>) => void,
): Promise<ChildResult> {
  const child = start(limits);
  return new Promise((resolve) => {
    let result: ChildResult | null = null;
    let stderrTail = "";
    const end = (reached: ChildResult): void => {
      result ??= reached;
      if (child.pid !== undefined) endGroup(child.pid);
    };
    const stop = (): void => end({ kind: "stopped" });
    const tooLong = `${namesOf(task).work} took longer than ${limits.time / 1000} s`;
    const timer = setTimeout(
      () => end({ kind: "broken", reason: tooLong, isOverLimit: true }),
      limits.time,
    );
    signal.addEventListener("abort", stop, { once: true });
    child.on("message", (message: ChildMessage) => {
      if (result) return;
      // The last message is complete by then, and a clean shutdown of FFmpeg would only take time.
      if (isEnd(message)) end(message);
      else take(message);
    });
    // Not an argument: everybody can read those, and a URL has a signature.
    child.send(task, () => {});
    child.on("error", (error) => {
      const reason = `no process could be started: ${error.message}`;
      result ??= { kind: "broken", reason, isOverLimit: false };
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderrTail = (stderrTail + chunk.toString()).slice(-4096);
    });
    // What ended it, if not this, has left its programs behind.
    child.once("exit", () => child.pid !== undefined && endGroup(child.pid));
    child.once("close", (code, killer) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(result ?? explainEnd(task, stderrTail, limits, killer ?? `code ${code}`));
    });
  });
}

function start(limits: ChildLimits): ChildProcess {
  const entry = fileURLToPath(new URL("./child.js", import.meta.url));
  return fork(entry, [String(limits.memory)], {
    env: childEnvironment(),
    // It leads a group, with which the programs end that it has started.
    detached: hasGroups,
    execArgv: [`--max-old-space-size=${heapLimit}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function isEnd(message: ChildMessage): message is ChildEnd {
  return ends.has(message.kind);
}

/** What a process does, as people are told, who see one file or two. */
function namesOf({ kind }: ChildTask): { work: string; process: string } {
  return kind === "diff"
    ? { work: "comparing the two", process: "the process that compared the two" }
    : { work: "reading it", process: "the process that read it" };
}

function explainEnd(
  task: ChildTask,
  stderrTail: string,
  limits: ChildLimits,
  cause: string,
): Broken {
  const names = namesOf(task);
  if (stderrTail.includes(memoryLimitMark) || stderrTail.includes("heap out of memory")) {
    const reason = `${names.work} took more than ${Math.round(limits.memory / 2 ** 20)} MiB of memory`;
    return { kind: "broken", reason, isOverLimit: true };
  }
  const reason = `${names.process} ended unexpectedly (${cause})`;
  return { kind: "broken", reason, isOverLimit: false };
}
