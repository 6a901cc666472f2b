import type { ChildEnd, ChildMessage, NoEngine, PictureName } from "./child-messages.js";
import type { ChildResult } from "./run-child.js";
import { toSentence } from "./sentence.js";
import type { MediaFacts, MediaResult, Pictures, Playback } from "./types.js";

/** What child processes have reported about one file. */
export class Findings {
  #known: { facts: MediaFacts; playback: Playback } | null = null;
  readonly #wanted: readonly PictureName[];
  readonly #notes: string[] = [];
  readonly #pictures: Pictures = {
    thumbnail: null,
    gif: null,
    webp: null,
    storyboard: null,
    previewOf: null,
  };

  constructor(wanted: readonly PictureName[]) {
    this.#wanted = wanted;
  }

  get hasFacts(): boolean {
    return this.#known !== null;
  }

  get missing(): PictureName[] {
    return this.#wanted.filter((name) => this.#pictures[name] === null);
  }

  readonly take = (message: Exclude<ChildMessage, ChildEnd>): void => {
    if (message.kind === "facts") this.#known ??= message;
    else if (message.kind === "note") this.note(message.note);
    else if (message.kind === "pictures") Object.assign(this.#pictures, message.pictures);
  };

  note(note: string): void {
    this.#notes.push(note);
  }

  /** Says what the second process was for, and what came of it. */
  explain(reason: string, second: ChildResult, missing: PictureName[]): void {
    const left = this.missing;
    const made = missing.filter((name) => !left.includes(name));
    if (made.length > 0) this.note(`${list(made)} from key frames alone, because ${reason}`);
    if (left.length === 0) return;
    const why = second.kind === "broken" || second.kind === "failed" ? second.reason : reason;
    this.note(`no ${list(left)}: ${why}`);
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

const titles: Record<PictureName, string> = {
  thumbnail: "thumbnail",
  gif: "preview",
  webp: "small preview",
  storyboard: "storyboard",
};

function list(names: PictureName[]): string {
  return names.map((name) => titles[name]).join(", ");
}
