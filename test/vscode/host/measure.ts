import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const mebibyte = 1024 ** 2;

let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** From now on it is measured how late the extension host comes to what it has to do. */
export async function startWatchingEventLoop(): Promise<void> {
  histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  // It measures from its first look on.
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

/** What the extension host takes after a garbage collection, in MiB. */
export async function measureMemory() {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  // What is freed at the end of the one is found by the next.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await setImmediate();
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    rss: rss / mebibyte,
    heap: heapUsed / mebibyte,
    // `external` has the array buffers in it.
    external: external / mebibyte,
    arrayBuffers: arrayBuffers / mebibyte,
  };
}
