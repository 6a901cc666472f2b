import { formatBytes, type RetryEvent } from "@clipcourier/core";
import { formatCount, formatDuration, toPercent } from "./amounts.js";
import type { BatchView } from "./batch-meter.js";
import type { ClipRecord } from "./upload-record.js";

/**
 * How far a batch has come, in English: `4.1 MiB of 12.0 MiB, 8.0 MiB/s, 1.0 s left`, `reading 2.0
 * MiB of 12.0 MiB`, `finalizing`, `2 clips are waiting to be verified, 12 are before them`.
 */
export function describeBatch(view: BatchView): string {
  return listBatchFacts(view).join(", ");
}

/** The same as a list, for where there may not be room for all: the last one is the most telling. */
export function listBatchFacts(view: BatchView): string[] {
  const amount = `${formatBytes(view.current)} of ${formatBytes(view.total)}`;
  switch (view.phase) {
    case "fingerprint":
      return [`reading ${amount}`];
    case "finalize":
      return ["finalizing"];
    case "processing":
      return describeWait(view);
    case "upload":
    case "done":
      return [amount, ...describeSpeed(view)];
  }
}

/** The same with the share that is sent before it, for a log: `57 %, 4.1 MiB of 12.0 MiB`. */
export function describeBatchShare(view: BatchView): string {
  const share = measureShare(view);
  const facts = listBatchFacts(view);
  return (share === undefined ? facts : [`${share} %`, ...facts]).join(", ");
}

/**
 * How much is done, in whole percent. `undefined` while everything is with the service: it would be
 * 100 % of a work that is not done.
 */
export function measureShare({ phase, current, total }: BatchView): number | undefined {
  const isWithService = phase === "finalize" || phase === "processing";
  return isWithService ? undefined : toPercent(current, total);
}

// Behind so many the service counts no further.
const mostCounted = 1_000;

function describeWait({ waiting, queuePosition }: BatchView): string[] {
  const clips = formatCount(waiting, "clip");
  const verb = waiting === 1 ? "is" : "are";
  if (queuePosition === undefined) return [`waiting for ${clips}`];
  if (queuePosition === 0) return [`${clips} ${verb} being verified`];
  const others = queuePosition < mostCounted ? queuePosition : `at least ${mostCounted}`;
  const before = `${others} ${queuePosition === 1 ? "is" : "are"} before ${waiting === 1 ? "it" : "them"}`;
  return [`${clips} ${verb} waiting to be verified`, before];
}

function describeSpeed({ bytesPerSecond, secondsLeft }: BatchView): string[] {
  return [
    ...(bytesPerSecond === undefined ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft * 1000)} left`]),
  ];
}

/**
 * What is to be said about a clip that does not play everywhere as it is, or that lacks pictures, in
 * English: `download only: Browsers do not play …`. Empty where there is nothing to say.
 */
export function describePlaying({ plays, notes }: Pick<ClipRecord, "plays" | "notes">): string {
  const how = plays === null || plays === "everywhere" ? "" : plays;
  return [how, notes.join(" ")].filter((text) => text !== "").join(": ");
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
