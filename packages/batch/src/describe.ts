import { formatBytes, type RetryEvent } from "@clipcourier/core";
import { formatDuration } from "./amounts.js";
import type { BatchView } from "./batch-meter.js";

/**
 * How far a batch has come, in English: `4.1 MiB of 12.0 MiB, 8.0 MiB/s, 1.0 s left`, `reading 2.0
 * MiB of 12.0 MiB`, `finalizing`, `waiting for the clip`.
 */
export function describeBatch(view: BatchView): string {
  const amount = `${formatBytes(view.current)} of ${formatBytes(view.total)}`;
  switch (view.phase) {
    case "fingerprint":
      return `reading ${amount}`;
    case "finalize":
      return "finalizing";
    case "processing":
      return "waiting for the clip";
    case "upload":
    case "done":
      return [amount, ...describeSpeed(view)].join(", ");
  }
}

function describeSpeed({ bytesPerSecond, secondsLeft }: BatchView): string[] {
  return [
    ...(bytesPerSecond === undefined ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft * 1000)} left`]),
  ];
}

/**
 * A request that failed and is made again, in English: `out/intro.mp4: part 1 of 2: try 1 of 6
 * failed: … Trying again in 0.9 s.`
 */
export function describeRetry({
  file,
  what,
  attempt,
  attempts,
  delay,
  reason,
}: RetryEvent): string {
  const where = file === undefined ? what : `${file}: ${what}`;
  // During an outage the attempts are limited by time and not by their number.
  const count = attempts === undefined ? attempt : `${attempt} of ${attempts}`;
  return `${where}: try ${count} failed: ${reason.message} Trying again in ${formatDuration(delay)}.`;
}
