import { createRequire } from "node:module";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { findExtension } from "./extension.ts";

const mebibyte = 1024 ** 2;

let watch: { timer: NodeJS.Timeout; stretches: number[] } | undefined;

/**
 * Starts to measure for how long the extension host's main thread works without a pause. Work is
 * counted in CPU time, which other work on the machine does not change.
 */
export function startWatchingMainThread(): void {
  const stretches: number[] = [];
  let before = process.threadCpuUsage();
  const timer = setInterval(() => {
    stretches.push(toMs(process.threadCpuUsage(before)));
    before = process.threadCpuUsage();
  }, 1);
  watch = { timer, stretches };
}

/** How long it has worked without a pause since then, in ms. */
export function stopWatchingMainThread() {
  if (watch === undefined) throw new Error("Nothing is measured.");
  clearInterval(watch.timer);
  const sorted = watch.stretches.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

// Some kernels count a thread's CPU time in steps of up to 10 ms, so one load alone may count as none.
const loads = 20;

/** The ms of CPU time that it takes to load the extension's code once more, on average. */
export function measureLoading(): number {
  const { extensionPath, packageJSON } = findExtension();
  const require = createRequire(join(extensionPath, "package.json"));
  const path = require.resolve(join(extensionPath, packageJSON.main));
  const before = process.threadCpuUsage();
  for (let load = 0; load < loads; load++) {
    delete require.cache[path];
    require(path);
  }
  return toMs(process.threadCpuUsage(before)) / loads;
}

function toMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
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
