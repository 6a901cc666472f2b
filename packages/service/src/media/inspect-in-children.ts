import {
  type InspectTask,
  type NoEngine,
  type PictureName,
  pictureNames,
} from "./child-messages.js";
import type { EngineChoice } from "./engine/load-engine.js";
import { Findings } from "./findings.js";
import { type ChildLimits, runChild } from "./run-child.js";
import type { InspectOptions, MediaResult, MediaSource } from "./types.js";

export interface Inspection {
  engine: EngineChoice;
  source: MediaSource;
  options: Omit<InspectOptions, "account">;
}

/** Of the time of the first process. */
const retryShare = 1 / 3;

/**
 * Inspects one file in a child process. Where that one is ended by a limit or a crash, what it has
 * found out is kept, and a second one makes the missing pictures in a cheaper way.
 */
export async function inspectInChildren(
  inspection: Inspection,
  limits: ChildLimits,
  signal: AbortSignal,
): Promise<MediaResult | NoEngine> {
  const findings = new Findings(pictureNames);
  const first = await runChild(
    taskOf(inspection, limits, "full", pictureNames),
    limits,
    signal,
    findings.take,
  );
  if (first.kind === "no-engine") return first;
  const { missing } = findings;
  if (first.kind !== "broken" || !findings.hasFacts || missing.length === 0) {
    return findings.toResult(first);
  }
  const retry = taskOf(inspection, limits, "cheap", missing);
  const less = { ...limits, time: limits.time * retryShare };
  const second = await runChild(retry, less, signal, findings.take);
  findings.explain(first.reason, second, missing);
  return findings.toResult({ kind: "done" });
}

function taskOf(
  inspection: Inspection,
  { memory }: ChildLimits,
  effort: InspectTask["effort"],
  wanted: PictureName[],
): InspectTask {
  return { kind: "inspect", ...inspection, effort, memoryLimit: memory, wanted };
}
