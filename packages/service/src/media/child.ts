/**
 * The child process: `child.js <memory limit in bytes>`. Over IPC it is sent one message, the source,
 * and sends one, the answer.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ChildAnswer } from "./child-answer.js";
import type { MediaResult, MediaSource } from "./types.js";

const [memoryLimit = "0"] = process.argv.slice(2);

const watch = new Worker(new URL("./memory-watch.js", import.meta.url), {
  workerData: Number(memoryLimit),
});
watch.unref();

// Without the service nothing would enforce the time limit.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));

const sent = once(process, "message").then(([source]): MediaSource => source);

async function answer(): Promise<ChildAnswer> {
  let inspectSource: (source: MediaSource) => Promise<MediaResult>;
  try {
    ({ inspectSource } = await import("./inspect.js"));
  } catch (error) {
    return { kind: "no-ffmpeg", detail: messageOf(error) };
  }
  try {
    return { kind: "result", result: await inspectSource(await sent) };
  } catch (error) {
    return { kind: "result", result: { outcome: "unavailable", reason: messageOf(error) } };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.send?.(await answer());
