/**
 * What an upload is doing: reading the content, sending parts, waiting for the answer to finalize,
 * waiting until the clip is available.
 */
export type UploadPhase = "fingerprint" | "upload" | "finalize" | "processing";

/**
 * How far one upload has come. All figures are about this file, in bytes unless they say otherwise.
 */
export interface UploadProgress {
  /** The path or name, as it was given. */
  file: string;
  phase: UploadPhase;
  size: number;
  /** Bytes that have been read and hashed. */
  hashed: number;
  /** Bytes in storage, as storage has acknowledged. */
  acknowledged: number;
  /** Those of `acknowledged` that were in storage already, from an earlier run. */
  reused: number;
  /**
   * Bytes that have left this machine and are not acknowledged yet; falls when a part is sent
   * again.
   */
  inFlight: number;
  /** How many part requests were made, including those that failed. */
  attempts: number;
  /**
   * How many clips the service verifies before this one, in the phase `processing`: the
   * `queuePosition` of the clip. Absent while that is not known.
   */
  queuePosition?: number | undefined;
}

// Milliseconds. Five events a second, one more for each of four phases, and the last are ten at
// most.
const interval = 200;

/** Keeps the figures of one upload and reports them, at most ten times a second. */
export class ProgressMeter implements Disposable {
  readonly #onProgress: ((progress: UploadProgress) => void) | undefined;
  readonly #progress: UploadProgress;
  readonly #entered = new Set<UploadPhase>();
  #lastReport = 0;
  #isUnreported = true;
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

  /** A phase is reported at once when it is first entered, later like any figure. */
  enter(phase: UploadPhase): void {
    const isFirst = !this.#entered.has(phase);
    this.#entered.add(phase);
    this.#progress.phase = phase;
    if (isFirst) this.#report();
    else this.update({});
  }

  /** Takes new figures, and reports them when the last report is long enough ago. */
  update(change: Partial<Omit<UploadProgress, "file" | "size" | "phase">>): void {
    Object.assign(this.#progress, change);
    this.#isUnreported = true;
    if (this.#onProgress === undefined || this.#timer !== undefined) return;
    const wait = this.#lastReport + interval - Date.now();
    if (wait <= 0) this.#report();
    // The last figures before nothing changes for a while are reported too.
    else this.#timer = setTimeout(() => this.#report(), wait);
  }

  /** The upload has succeeded: what has not been reported yet is reported now. */
  finish(): void {
    if (this.#isUnreported) this.#report();
  }

  /** Nothing is reported after this. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastReport = Date.now();
    this.#isUnreported = false;
    this.#onProgress?.({ ...this.#progress });
  }
}

/** How fast an upload is and how long it will take, smoothed so that a person can read it. */
export interface Speed {
  /** `undefined` until there are two states to compute it from. */
  bytesPerSecond: number | undefined;
  /** `undefined` until there is a speed to compute it from. */
  secondsLeft: number | undefined;
}

/** Older measurements count less: half as much after this many seconds. */
const halfLife = 3;

/**
 * A function that takes how many bytes are done and how many there are, each time that this has
 * changed, and gives the speed.
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
