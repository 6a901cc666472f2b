/**
 * The child process: `child.js <memory limit in bytes>`. Over IPC it is sent one message, the task,
 * and sends what it finds out, each as soon as it is known.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ChildEnd, ChildMessage, ChildTask } from "./child-messages.js";
import { NotMediaError } from "./container.js";
import { diffSources } from "./diff/diff-sources.js";
import type { Engine } from "./engine/engine.js";
import { loadEngine } from "./engine/load-engine.js";
import { inspectSource } from "./inspect.js";
import { inspectPhoto } from "./photo/inspect-photo.js";
import { endGroup } from "./process-group.js";
import { renderSource } from "./rendition.js";

const [memoryLimit = "0"] = process.argv.slice(2);

const watch = new Worker(new URL("./memory-watch.js", import.meta.url), {
  workerData: Number(memoryLimit),
});
watch.unref();

// Without the service nothing would enforce the time limit.
process.once("disconnect", () => endGroup(process.pid));

async function work(): Promise<ChildEnd> {
  const [task]: ChildTask[] = await once(process, "message");
  if (!task) return { kind: "failed", reason: "the process was given nothing to do" };
  let engine: Engine;
  try {
    engine = await loadEngine(task.engine, task.memoryLimit);
  } catch (error) {
    return { kind: "no-engine", detail: messageOf(error) };
  }
  try {
    if (task.kind === "render") await renderSource(engine, task);
    else if (task.kind === "photo") await inspectPhoto(engine, task, send);
    else if (task.kind === "diff") await diffSources(engine, task, send);
    else await inspectSource(engine, task, send);
    return { kind: "done" };
  } catch (error) {
    const kind = error instanceof NotMediaError ? "not-media" : "failed";
    return { kind, reason: messageOf(error) };
  }
}

/** Resolves when the message has left: what this process does next may be its end. */
function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await send(await work());
