import { type Clip, isDirectUploadError } from "@clipcourier/core";

const shortest = 1_500;
const longest = 60_000;

export interface ClipPollOptions {
  /** The ids of the clips to ask for. Nothing is asked for while there are none. */
  list(): string[];
  fetch(id: string): Promise<Clip>;
  onClip(clip: Clip): void;
  /** Called with the id of a clip that the service has no longer. */
  onGone(id: string): void;
  /** Called when the service refuses the keys. The poll has stopped then. */
  onRefused(error: unknown): void;
}

/**
 * Asks again and again for clips that a service is at work on: 1.5 seconds after the round before, and
 * up to a minute after one that has failed.
 */
export class ClipPoll {
  readonly #options: ClipPollOptions;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isStopped = false;
  /** How many rounds have failed, one after the other. */
  #failures = 0;
  /** Grows when answers to what was asked before count no longer. */
  #generation = 0;

  constructor(options: ClipPollOptions) {
    this.#options = options;
  }

  /** Begins the next round in time, if there is anything to ask for. */
  begin(): void {
    const hasNone = this.#options.list().length === 0;
    if (hasNone) this.#cancel();
    if (hasNone || this.#isStopped || this.#isRunning || this.#timer !== undefined) return;
    const delay = Math.min(shortest * 2 ** this.#failures, longest);
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  /** Ignores the answers to what was asked before. */
  drop(): void {
    this.#generation++;
  }

  /** Asks for nothing until `resume` is called: each request would sign in with the same keys. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** The service has answered to other requests, so the poll may begin again. */
  resume(): void {
    this.#isStopped = false;
    this.#failures = 0;
    this.begin();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isRunning = true;
    try {
      const hasFailed = await this.#askForAll();
      this.#failures = hasFailed ? this.#failures + 1 : 0;
    } finally {
      this.#isRunning = false;
    }
    this.begin();
  }

  /** @returns whether any request has failed */
  async #askForAll(): Promise<boolean> {
    const { list, fetch, onClip, onGone, onRefused } = this.#options;
    const generation = this.#generation;
    let hasFailed = false;
    for (const id of list()) {
      const answer = await fetch(id).catch((error: unknown) => ({ error }));
      if (generation !== this.#generation) return false;
      if (!("error" in answer)) onClip(answer);
      else if (isDirectUploadError(answer.error, "not_found")) onGone(id);
      else if (isDirectUploadError(answer.error, "unauthorized")) {
        this.stop();
        onRefused(answer.error);
        return true;
      } else hasFailed = true;
    }
    return hasFailed;
  }
}
