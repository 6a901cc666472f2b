import type { VideoDiff } from "@clipcourier/core/wire";
import type { DiffTask, NoEngine } from "../child-messages.js";
import { type ChildLimits, runChild } from "../run-child.js";
import { toSentence } from "../sentence.js";
import type { CompareResult } from "../types.js";
import { cannotTell } from "./verdict.js";

/**
 * Compares two videos, or two photos, in a child process. A limit that is reached is the verdict `cannot-tell`.
 * Every other end may be that of a moment, such as a store out of reach.
 */
export async function diffInChild(
  task: Omit<DiffTask, "kind" | "memoryLimit">,
  limits: ChildLimits,
  signal: AbortSignal,
): Promise<CompareResult | NoEngine> {
  let diff: VideoDiff | null = null;
  let picture: Uint8Array | null = null;
  const whole: DiffTask = { kind: "diff", ...task, memoryLimit: limits.memory };
  const end = await runChild(whole, limits, signal, (message) => {
    if (message.kind === "diff") diff = message.diff;
    else if (message.kind === "diff-picture") picture = message.picture;
  });
  if (end.kind === "no-engine") return end;
  if (end.kind === "stopped") return { outcome: "unavailable", reason: "The work was stopped." };
  if (end.kind === "not-media") return { outcome: "not-media", reason: end.reason };
  // What is known does not depend on the picture, which takes some time again.
  if (diff) return { outcome: "ready", diff, picture };
  if (end.kind === "broken" && end.isOverLimit) {
    const unknown = cannotTell(end.reason, { old: null, new: null });
    return { outcome: "ready", diff: unknown, picture: null, isOverLimit: true };
  }
  const reason =
    end.kind === "done" ? "the process that compared the two said nothing" : end.reason;
  return { outcome: "unavailable", reason: toSentence(reason) };
}
