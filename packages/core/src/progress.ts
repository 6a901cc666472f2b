/**
 * Where an upload is: reading the content, sending parts, waiting for finalize's answer, waiting
 * until the clip is available.
 */
export type UploadPhase = "fingerprint" | "upload" | "finalize" | "processing";

/** How far one upload is. All figures are of this file, in bytes unless they say otherwise. */
export interface UploadProgress {
  /** The path or name, as it was given. */
  file: string;
  phase: UploadPhase;
  size: number;
  /** Read and hashed. */
  hashed: number;
  /** In storage, as storage itself has said. */
  acknowledged: number;
  /** Of `acknowledged`: there already, from an earlier try. */
  reused: number;
  /** Left this machine, not acknowledged yet; falls when a part has to be sent again. */
  inFlight: number;
  /** How many part requests were made, those that failed among them. */
  attempts: number;
}

// Five a second, one more for each of four phases, and the last one, are ten at most.
const interval = 200;

/** Counts, and tells `onProgress` at a bearable pace. */
export class ProgressMeter implements Disposable {
  readonly #onProgress: ((progress: UploadProgress) => void) | undefined;
  readonly #progress: UploadProgress;
  readonly #entered = new Set<UploadPhase>();
  #lastTold = 0;
  #isUntold = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    file: string,
    size: number,
    onProgress: ((progress: UploadProgress) => void) | undefined,
  ) {
    this.#onProgress = onProgress;
    this.#progress = {
      file,
      phase: "fingerprint",
      size,
      hashed: 0,
      acknowledged: 0,
      reused: 0,
      inFlight: 0,
      attempts: 0,
    };
  }

  get current(): Readonly<UploadProgress> {
    return this.#progress;
  }

  /** A phase is told at once when it is first entered, later like any figure. */
  enter(phase: UploadPhase): void {
    const isFirst = !this.#entered.has(phase);
    this.#entered.add(phase);
    this.#progress.phase = phase;
    if (isFirst) this.#tell();
    else this.update({});
  }

  /** Takes new figures, and tells them when the last telling is long enough ago. */
  update(change: Partial<Omit<UploadProgress, "file" | "size" | "phase">>): void {
    Object.assign(this.#progress, change);
    this.#isUntold = true;
    if (this.#onProgress === undefined || this.#timer !== undefined) return;
    const wait = this.#lastTold + interval - Date.now();
    if (wait <= 0) this.#tell();
    // The last figures before a silence are told too.
    else this.#timer = setTimeout(() => this.#tell(), wait);
  }

  /** The upload is through: what has not been told yet is told now. */
  finish(): void {
    if (this.#isUntold) this.#tell();
  }

  /** Nothing is told after this. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastTold = Date.now();
    this.#isUntold = false;
    this.#onProgress?.({ ...this.#progress });
  }
}

/** How fast it goes and how long it will take, smoothed so that a person can read it. */
export interface Speed {
  /** `undefined` until there is something to tell it from. */
  bytesPerSecond: number | undefined;
  /** Seconds; `undefined` until there is something to tell it from. */
  secondsLeft: number | undefined;
}

/** Older movement counts less: half as much after this many seconds. */
const halfLife = 3;

/**
 * A function to hand each state to, which answers with the speed.
 *
 * @param now milliseconds; for tests
 */
export function createSpeedometer(
  now: () => number = () => performance.now(),
): (done: number, total: number) => Speed {
  let last: { done: number; time: number } | undefined;
  let speed: number | undefined;
  return (done, total) => {
    const time = now();
    if (last === undefined) {
      last = { done, time };
    } else if (time > last.time) {
      const seconds = (time - last.time) / 1000;
      const measured = Math.max(0, done - last.done) / seconds;
      const weight = 1 - 0.5 ** (seconds / halfLife);
      speed = speed === undefined ? measured : speed + weight * (measured - speed);
      last = { done, time };
    }
    const secondsLeft = speed !== undefined && speed > 0 ? (total - done) / speed : undefined;
    return { bytesPerSecond: speed, secondsLeft };
  };
}
