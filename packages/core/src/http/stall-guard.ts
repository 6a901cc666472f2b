import { DirectUploadError } from "../errors.js";
import { longestTimer } from "../options.js";
import { linkSignals } from "../signals.js";

/**
 * Ends one request when nothing has been sent or received for too long, or it takes too long in
 * all.
 */
export interface StallGuard extends Disposable {
  /** Aborted with the caller's signal or at a limit; its reason says which. */
  readonly signal: AbortSignal;
  /** Something was sent or received: the time of silence starts again. */
  touch(): void;
  /** Runs work that does not count as silence of the peer, such as a wait for the speed limit. */
  exempt<T>(work: () => Promise<T>): Promise<T>;
}

/** The limits of one request. */
export interface StallLimits {
  /** Milliseconds in which nothing is sent or received. */
  silence: number;
  /** Milliseconds in all. Default: no limit. */
  total?: number | undefined;
}

/**
 * Watches one request until it is disposed.
 *
 * @param peer the host, for the message
 */
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
      // Work that is still exempt must not start the timer again when it ends.
      linked.abort(finished);
      linked[Symbol.dispose]();
    },
  };
}

// One error for all requests: the reason that Node would make costs a stack trace for each.
const finished = new DirectUploadError("aborted", "The request has ended.");

function describeStall(problem: string): DirectUploadError {
  return new DirectUploadError("stalled", `${problem} allow more time.`, { retryable: true });
}
