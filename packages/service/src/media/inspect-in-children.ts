import {
  type ChildEnd,
  type ChildMessage,
  type InspectTask,
  type NoEngine,
  type PictureName,
  pictureNames,
} from "./child-messages.js";
import type { EngineChoice } from "./engine/load-engine.js";
import { type ChildLimits, type ChildResult, runChild } from "./run-child.js";
import type {
  InspectOptions,
  MediaFacts,
  MediaResult,
  MediaSource,
  Pictures,
  Playback,
} from "./types.js";

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
  const findings = new Findings();
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

/** What child processes have reported about one file. */
class Findings {
  #known: { facts: MediaFacts; playback: Playback } | null = null;
  readonly #notes: string[] = [];
  readonly #pictures: Pictures = {
    thumbnail: null,
    gif: null,
    webp: null,
    storyboard: null,
    previewOf: null,
  };

  get hasFacts(): boolean {
    return this.#known !== null;
  }

  get missing(): PictureName[] {
    return pictureNames.filter((name) => this.#pictures[name] === null);
  }

  readonly take = (message: Exclude<ChildMessage, ChildEnd>): void => {
    if (message.kind === "facts") this.#known ??= message;
    else if (message.kind === "note") this.#notes.push(message.note);
    else if (message.kind === "pictures") Object.assign(this.#pictures, message.pictures);
  };

  /** Says what the second process was for, and what came of it. */
  explain(reason: string, second: ChildResult, missing: PictureName[]): void {
    const left = this.missing;
    const made = missing.filter((name) => !left.includes(name));
    if (made.length > 0) {
      this.#notes.push(`${list(made)} from key frames alone, because ${reason}`);
    }
    if (left.length === 0) return;
    const why = second.kind === "broken" || second.kind === "failed" ? second.reason : reason;
    this.#notes.push(`no ${list(left)}: ${why}`);
  }

  toResult(end: Exclude<ChildResult, NoEngine>): MediaResult {
    if (end.kind === "not-media") return { outcome: "not-media", reason: end.reason };
    if (end.kind === "stopped") return { outcome: "unavailable", reason: "the work was stopped" };
    if (!this.#known) {
      const reason = end.kind === "done" ? "the process that read it said nothing" : end.reason;
      return { outcome: "unavailable", reason };
    }
    const { facts, playback } = this.#known;
    if (end.kind === "failed") return { outcome: "unavailable", reason: end.reason };
    return {
      outcome: "ready",
      facts,
      playback,
      pictures: this.#pictures,
      notes: this.#notes.map(toSentence),
    };
  }
}

/** Notes are shown to people beside each other. */
function toSentence(note: string): string {
  const sentence = note.charAt(0).toUpperCase() + note.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

const titles: Record<PictureName, string> = {
  thumbnail: "thumbnail",
  gif: "preview",
  webp: "small preview",
  storyboard: "storyboard",
};

function list(names: PictureName[]): string {
  return names.map((name) => titles[name]).join(", ");
}
