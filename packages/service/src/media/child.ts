/** The child process: `child.js <file> <memory limit in bytes>`. It sends one message over IPC. */
import { Worker } from "node:worker_threads";
import type { ChildAnswer } from "./child-answer.js";
import type { MediaResult } from "./types.js";

const [file = "", memoryLimit = "0"] = process.argv.slice(2);

const watch = new Worker(new URL("./memory-watch.js", import.meta.url), {
  workerData: Number(memoryLimit),
});
watch.unref();

// Without the service nothing would enforce the time limit.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function answer(): Promise<ChildAnswer> {
  let inspectFile: (file: string) => Promise<MediaResult>;
  try {
    ({ inspectFile } = await import("./inspect.js"));
  } catch (error) {
    return { kind: "no-ffmpeg", detail: messageOf(error) };
  }
  try {
    return { kind: "result", result: await inspectFile(file) };
  } catch (error) {
    return { kind: "result", result: { outcome: "unavailable", reason: messageOf(error) } };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.send?.(await answer());
