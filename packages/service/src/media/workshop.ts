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

/** Finds FFmpeg when it is needed first, and runs work with it until it is closed. */
export class Workshop {
  readonly #ffmpeg: string | undefined;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #chosen: Promise<ChosenEngine> | null = null;

  /** @param ffmpeg the path of a program */
  constructor(ffmpeg: string | undefined) {
    this.#ffmpeg = ffmpeg;
  }

  choose(): Promise<ChosenEngine> {
    this.#chosen ??= chooseEngine(this.#ffmpeg);
    return this.#chosen;
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
