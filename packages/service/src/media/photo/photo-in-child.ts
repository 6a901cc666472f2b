import type { NoEngine, PhotoTask } from "../child-messages.js";
import { Findings } from "../findings.js";
import { type ChildLimits, runChild } from "../run-child.js";
import type { MediaResult } from "../types.js";

/**
 * Inspects one picture in a child process. One that takes more than the limits is no photo: whoever looks at
 * it would spend as much.
 */
export async function inspectPhotoInChild(
  task: Omit<PhotoTask, "kind" | "memoryLimit">,
  limits: ChildLimits,
  signal: AbortSignal,
): Promise<MediaResult | NoEngine> {
  const findings = new Findings(["thumbnail"]);
  const whole: PhotoTask = { kind: "photo", ...task, memoryLimit: limits.memory };
  const end = await runChild(whole, limits, signal, findings.take);
  if (end.kind === "no-engine") return end;
  if (end.kind !== "broken") return findings.toResult(end);
  if (end.isOverLimit) {
    const reason = `The picture cannot be shown: ${end.reason}. Upload a smaller version.`;
    return { outcome: "not-media", reason };
  }
  if (!findings.hasFacts) return findings.toResult(end);
  findings.note(`no thumbnail: ${end.reason}`);
  return findings.toResult({ kind: "done" });
}
