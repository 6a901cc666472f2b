import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { memoryLimitMark } from "./child-answer.js";

// A thread of its own, because the main thread stands still while FFmpeg works in it.
const limit: number = workerData;
const intervalMs = 20;
const stderrDescriptor = 2;

function endWhenOver(): void {
  if (process.memoryUsage.rss() <= limit) return;
  // Written past process.stderr, which in a worker goes through the main thread.
  writeSync(stderrDescriptor, memoryLimitMark);
  process.kill(process.pid, "SIGKILL");
}

endWhenOver();
setInterval(endWhenOver, intervalMs);
