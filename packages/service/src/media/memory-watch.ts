import { workerData } from "node:worker_threads";
import { endForMemory } from "./memory-limit.js";

// A thread of its own, because FFmpeg blocks the main thread while it works.
const limit: number = workerData;
const intervalMs = 20;

function endWhenOver(): void {
  if (process.memoryUsage.rss() > limit) endForMemory();
}

endWhenOver();
setInterval(endWhenOver, intervalMs);
