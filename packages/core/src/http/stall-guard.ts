import { DirectUploadError } from "../errors.js";
import { longestTimer } from "../options.js";
import { linkSignals } from "../signals.js";

/** Ends one request when nothing has moved for too long, or when it takes too long in all. */
export interface StallGuard extends Disposable {
  /** Ends with the caller's signal or with a limit; its reason tells which. */
  readonly signal: AbortSignal;
  /** Something moved: the time of silence starts again. */
  touch(): void;
  /** Runs work of our own, such as a wait for the speed limit, which is no silence of the peer. */
  exempt<T>(work: () => Promise<T>): Promise<T>;
}

export interface StallLimits {
  /** Milliseconds without a movement. */
  silence: number;
  /** Milliseconds in all. Default: no limit. */
  total?: number | undefined;
}

/** @param peer whose silence it is, for the message */
export function guardAgainstStall(
  peer: string,
  { silence, total }: StallLimits,
  signal?: AbortSignal,
): StallGuard {
  const linked = linkSignals(signal);
  const startTimer = (limit: number, describe: (time: string) => string) =>
    setTimeout(
      () => linked.abort(describeStall(describe(`${Math.round(limit / 100) / 10} s`))),
      Math.min(limit, longestTimer),
    );
  const startSilence = () =>
    startTimer(silence, (time) => `${peer} was silent for ${time}. Check the connection, or`);
  let silenceTimer: NodeJS.Timeout | undefined = startSilence();
  const totalTimer =
    total === undefined
      ? undefined
      : startTimer(
          total,
          (time) => `The answer of ${peer} was not complete after ${time}. Retry, or`,
        );
  let exemptions = 0;
  return {
    signal: linked.signal,
    touch: () => silenceTimer?.refresh(),
    async exempt(work) {
      exemptions++;
      clearTimeout(silenceTimer);
      silenceTimer = undefined;
      try {
        return await work();
      } finally {
        exemptions--;
        if (exemptions === 0 && !linked.signal.aborted) silenceTimer = startSilence();
      }
    },
    [Symbol.dispose]() {
      clearTimeout(silenceTimer);
      clearTimeout(totalTimer);
      // A piece that is still being waited for must not start the time again.
      linked.abort(finished);
      linked[Symbol.dispose]();
    },
  };
}

// One for all: a reason that Node makes costs a stack trace each time.
const finished = new DirectUploadError("aborted", "The request has ended.");

function describeStall(problem: string): DirectUploadError {
  return new DirectUploadError("stalled", `${problem} allow more time.`, { retryable: true });
}
