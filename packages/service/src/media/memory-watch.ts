import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { memoryLimitMark } from "./child-answer.js";

// A thread of its own, because FFmpeg blocks the main thread while it works.
const limit: number = workerData;
const intervalMs = 20;
const stderrDescriptor = 2;

function endWhenOver(): void {
  if (process.memoryUsage.rss() <= limit) return;
  // Written to the descriptor: in a worker, process.stderr goes through the main thread.
  writeSync(stderrDescriptor, memoryLimitMark);
  process.kill(process.pid, "SIGKILL");
}

endWhenOver();
setInterval(endWhenOver, intervalMs);
