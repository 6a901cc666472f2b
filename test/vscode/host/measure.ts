import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const mebibyte = 1024 ** 2;

let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** Starts to measure the delay of the extension host's event loop. */
export async function startWatchingEventLoop(): Promise<void> {
  histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  // Delays count only after the first sample.
  while (histogram.count === 0) await setImmediate();
}

/** The delays since then, in ms. */
export function stopWatchingEventLoop() {
  if (histogram === undefined) throw new Error("Nothing is measured.");
  histogram.disable();
  const inMs = (nanoseconds: number) => nanoseconds / 1e6;
  return {
    median: inMs(histogram.percentile(50)),
    p99: inMs(histogram.percentile(99)),
    max: inMs(histogram.max),
  };
}

/** The memory of the extension host after a garbage collection, in MiB. */
export async function measureMemory() {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  // Finalizers of one collection free memory that only the next one finds.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await setImmediate();
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    rss: rss / mebibyte,
    heap: heapUsed / mebibyte,
    // This includes the array buffers.
    external: external / mebibyte,
    arrayBuffers: arrayBuffers / mebibyte,
  };
}
