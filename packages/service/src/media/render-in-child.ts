import { rm } from "node:fs/promises";
import type { NoEngine, RenderTask } from "./child-messages.js";
import { type ChildLimits, type ChildResult, runChild } from "./run-child.js";
import type { RenditionResult } from "./types.js";

/**
 * Makes a rendition in a child process. The file is removed where the rendition fails, and is there
 * as a whole otherwise.
 */
export async function renderInChild(
  task: Omit<RenderTask, "kind" | "memoryLimit">,
  limits: ChildLimits,
  signal: AbortSignal,
): Promise<RenditionResult | NoEngine> {
  const start = performance.now();
  const whole: RenderTask = { kind: "render", ...task, memoryLimit: limits.memory };
  const end = await runChild(whole, limits, signal, () => {});
  if (end.kind === "done") {
    return { outcome: "ready", seconds: (performance.now() - start) / 1000 };
  }
  await rm(task.output, { force: true });
  return end.kind === "no-engine" ? end : explain(end);
}

function explain(end: Exclude<ChildResult, NoEngine | { kind: "done" }>): RenditionResult {
  if (end.kind === "stopped") return { outcome: "unavailable", reason: "The work was stopped." };
  return { outcome: "failed", reason: `It could not be made playable: ${end.reason}.` };
}
