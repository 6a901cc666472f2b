import {
  type ComparedVideo,
  type DiffRange,
  type DiffSpan,
  formatShare,
  type VideoDiff,
  type VideoDiffVerdict,
} from "@clipcourier/core/wire";
import type { Alignment } from "./align.js";
import type { StepDifferences } from "./compare-steps.js";
import { formatTenths } from "./format-tenths.js";
import type { DiffOptions } from "./options.js";
import { type FoundRange, round } from "./ranges.js";

/** The mean square of the difference of brightness up to which pictures are the same. */
const exactError = 0.05;

/** The share of the structured places without anything in common, and of the time in which it is so. */
const unlikePlaces = 0.6;
const unlikeTime = 0.8;

export interface Findings {
  ranges: readonly FoundRange[];
  pairs: Alignment;
  found: StepDifferences;
  facts: Facts;
  /** Steps a second. */
  rate: number;
  settings: Required<DiffOptions>;
}

type Facts = Pick<VideoDiff, "old" | "new">;
type KnownFacts = { old: ComparedVideo; new: ComparedVideo };

/** Decides what the findings come to. */
export function decide(findings: Findings & { facts: KnownFacts }): VideoDiff {
  const { facts } = findings;
  const held = heldEnd(findings);
  const ranges = [...findings.ranges.map(withoutPairs), ...(held ? [held] : [])];
  const verdict = verdictOf(findings, ranges);
  const delay = delayOf(findings);
  const told = ranges.length === 0 ? describeDelay(delay) : "";
  const summary = `${summarize(verdict, ranges, facts)}${told}`;
  return { verdict, summary, reason: null, ranges, delay, ...facts };
}

export function cannotTell(reason: string, facts: Facts): VideoDiff {
  return {
    verdict: "cannot-tell",
    summary: `It cannot be told whether something has changed: ${reason}.`,
    reason,
    ranges: [],
    delay: { start: 0, most: 0 },
    ...facts,
  };
}

/** Files of the same bytes. */
export function identical(): VideoDiff {
  return {
    verdict: "same",
    summary: "Both files have the same bytes.",
    reason: null,
    ranges: [],
    delay: { start: 0, most: 0 },
    old: null,
    new: null,
  };
}

function verdictOf(
  { found, facts }: Findings & { facts: KnownFacts },
  ranges: readonly DiffRange[],
): VideoDiffVerdict {
  const unlike = found.unlike.filter((share) => share >= unlikePlaces).length;
  if (ranges.length > 0 && unlike >= unlikeTime * found.unlike.length) return "different";
  if (ranges.length === 0) return found.error <= exactError ? "same" : "re-encoded";
  const [only] = ranges;
  if (!only || ranges.length > 1) return "changed";
  if (only.kind === "added" && isAtEnd(only.new, facts.new)) return "longer";
  return only.kind === "removed" && isAtEnd(only.old, facts.old) ? "shorter" : "changed";
}

/** Seconds from the end of a video in which a range reaches it. */
const endTolerance = 0.15;

function isAtEnd({ from, to }: DiffSpan, { duration }: ComparedVideo): boolean {
  return from <= endTolerance || to >= duration - endTolerance;
}

/** The last picture, where it stays for longer in one of both. */
function heldEnd({ pairs, facts, rate, settings, ranges }: Findings): DiffRange | null {
  const last = pairs.old.length - 1;
  let first = last;
  while (first > 0 && isWaiting(pairs, first)) first -= 1;
  const seconds = (last - first) / rate;
  if (seconds <= settings.holdTolerance || ranges.some((range) => range.last > first)) return null;
  const isLonger = pairs.old[first] === pairs.old[last];
  const [oldEnd, newEnd] = [facts.old?.duration ?? 0, facts.new?.duration ?? 0];
  return {
    kind: isLonger ? "added" : "removed",
    old: { from: isLonger ? oldEnd : round(oldEnd - seconds, 3), to: oldEnd },
    new: { from: isLonger ? round(newEnd - seconds, 3) : newEnd, to: newEnd },
    share: 0,
    regions: [],
  };
}

/** Whether one video waits for the other at a pair of steps, always the same one. */
function isWaiting({ old, new: now }: Alignment, index: number): boolean {
  const last = old.length - 1;
  const isOld = old[last] === old[last - 1];
  const steps = isOld ? old : now;
  return steps[index] === steps[index - 1] && steps[index] === steps[last];
}

function withoutPairs({ first: _, last: __, ...range }: FoundRange): DiffRange {
  return range;
}

/** How much later the new video shows the same. */
function delayOf({ pairs, rate }: Findings): VideoDiff["delay"] {
  const differences = Array.from(pairs.old, (step, index) => (pairs.new[index] ?? 0) - step);
  const most = differences.reduce(
    (found, each) => (Math.abs(each) > Math.abs(found) ? each : found),
    0,
  );
  // Behind what the other waits for at its first step.
  const begin = pairs.old.findLastIndex((step, index) => step === 0 || pairs.new[index] === 0);
  return { start: round((differences[begin] ?? 0) / rate, 2), most: round(most / rate, 2) };
}

/** Seconds from which on it is told that what is the same comes later: a page that hangs is no visible change. */
const toldDelay = 1;

function describeDelay({ most }: VideoDiff["delay"]): string {
  if (Math.abs(most) < toldDelay) return "";
  const when = most > 0 ? "later" : "earlier";
  return ` It comes up to ${Math.abs(most).toFixed(1)} s ${when}.`;
}

function summarize(
  verdict: VideoDiffVerdict,
  ranges: readonly DiffRange[],
  facts: KnownFacts,
): string {
  const seconds = Math.abs(facts.new.duration - facts.old.duration).toFixed(1);
  const sentences: Record<Exclude<VideoDiffVerdict, "changed" | "cannot-tell">, string> = {
    same: "Both show the same.",
    "re-encoded": "There is no visible change; the pixels differ as by compression or scaling.",
    longer: `The new video is ${seconds} s longer, and the rest is the same.`,
    shorter: `The new video is ${seconds} s shorter, and the rest is the same.`,
    different: "The two videos have little in common.",
  };
  if (verdict !== "changed" && verdict !== "cannot-tell") return sentences[verdict];
  const told = ranges.slice(0, toldRanges).map(describeRange);
  const rest = ranges.length - told.length;
  const whole = [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
  return `${whole}.`.replace(/^./, (letter) => letter.toUpperCase());
}

/** Ranges that a summary names; `ranges` has all of them. */
const toldRanges = 5;

const words = { changed: "changed", added: "added", removed: "removed" } as const;

/** Such as `changed from 0:05.0 to 0:07.5, 12 % of the picture`. */
function describeRange(range: DiffRange): string {
  const { from, to } = range.kind === "removed" ? range.old : range.new;
  const area = range.share === 0 ? "" : `, ${formatShare(range.share)} of the picture`;
  const [begin, end] = [formatTenths(from), formatTenths(to)];
  const when = begin === end ? `at ${begin}` : `from ${begin} to ${end}`;
  return `${words[range.kind]} ${when}${area}`;
}
