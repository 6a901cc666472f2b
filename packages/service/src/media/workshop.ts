import type { NoEngine } from "./child-messages.js";
import { type ChosenEngine, chooseEngine } from "./engine/choose-engine.js";
import type { EngineChoice } from "./engine/load-engine.js";
import type { Lanes } from "./lanes.js";

/** Why work was not done: a sentence without its capital and full stop. */
export interface NotDone {
  failure: string;
  /** What is wrong with this machine, and what to do: for who runs the service. */
  detail?: string;
}

/** Milliseconds until FFmpeg is looked for again where there was none: that takes a process. */
const searchInterval = 30_000;

/** Finds FFmpeg when it is needed, and runs work with it until it is closed. */
export class Workshop {
  readonly #ffmpeg: string | undefined;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #chosen: Promise<ChosenEngine> | null = null;
  /** When there was none, by `performance.now()`. */
  #missingSince = Number.POSITIVE_INFINITY;

  /** @param ffmpeg the path of a program */
  constructor(ffmpeg: string | undefined) {
    this.#ffmpeg = ffmpeg;
  }

  /** The FFmpeg that was found, or the one that was installed since there was none. */
  choose(): Promise<ChosenEngine> {
    if (performance.now() - this.#missingSince >= searchInterval) this.#chosen = null;
    this.#chosen ??= this.#search();
    return this.#chosen;
  }

  async #search(): Promise<ChosenEngine> {
    this.#missingSince = Number.POSITIVE_INFINITY;
    const found = await chooseEngine(this.#ffmpeg);
    if (found.choice === null) this.#missingSince = performance.now();
    return found;
  }

  /** Runs work when a lane is free and it is the account's turn. */
  async run<T>(
    lanes: Lanes,
    account: string,
    signal: AbortSignal | undefined,
    work: (engine: EngineChoice, stop: AbortSignal) => Promise<T | NoEngine>,
  ): Promise<T | NotDone> {
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    const job = lanes.run(account, () => this.#perform(stop, work));
    this.#running.add(job);
    try {
      return await job;
    } finally {
      this.#running.delete(job);
    }
  }

  /** Stops the work. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }

  async #perform<T>(
    stop: AbortSignal,
    work: (engine: EngineChoice, stop: AbortSignal) => Promise<T | NoEngine>,
  ): Promise<T | NotDone> {
    const { choice, engine } = await this.choose();
    if (stop.aborted) return { failure: "the work was stopped" };
    if (choice === null) return { failure: "this service has no FFmpeg", detail: engine.missing };
    const result = await work(choice, stop);
    if (!isNoEngine(result)) return result;
    return {
      failure: "the FFmpeg of this service does not work any more",
      detail: `${engine.name}: ${result.detail.trim()}`,
    };
  }
}

function isNoEngine(result: unknown): result is NoEngine {
  return typeof result === "object" && result !== null && "kind" in result
    ? result.kind === "no-engine"
    : false;
}
