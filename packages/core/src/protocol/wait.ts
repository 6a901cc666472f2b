import type { Clip } from "../clip.js";
import { DirectUploadError } from "../errors.js";
import { pause } from "../http/retry.js";
import { requirePositive } from "../options.js";
import type { CallOptions } from "./api.js";
import type { ClipComparison, ClipPair, ComparisonWaitOptions } from "./comparisons.js";
import type { Protocol, ProtocolCallOptions } from "./protocol.js";

/** Options of a wait for a clip. */
export interface WaitOptions extends CallOptions {
  /**
   * Milliseconds to wait at most.
   *
   * @default 600_000
   */
  timeout?: number | undefined;
  /**
   * Called with the clip while it is pending: at the beginning, and after each time that the service
   * was asked. It must not throw.
   *
   * @example { onPending: ({ queuePosition }) => console.log(queuePosition, "are before it") }
   */
  onPending?: ((clip: Clip) => void) | undefined;
}

const usualTimeout = 600_000;

// Milliseconds. Short at first, since most clips are available at once; then longer, to spare the
// service.
const firstPause = 150;
const longestPause = 5_000;

/** Asks for the clip until it is `available`. */
export async function waitUntilAvailable(
  protocol: Protocol,
  start: Clip | string,
  { timeout = usualTimeout, onPending, ...options }: WaitOptions & ProtocolCallOptions,
): Promise<Clip> {
  const id = typeof start === "string" ? start : start.id;
  const clip = await askUntilSettled({
    ...{ timeout, signal: options.signal, describeDeadline },
    first: typeof start === "string" ? undefined : start,
    ask: () => protocol.getClip(id, options),
    onPending,
  });
  if (clip.status === "failed") {
    throw new DirectUploadError(
      "clip_failed",
      `The service could not make a clip of it: ${clip.reason ?? "no reason was given"} (clip ${clip.id}).`,
      { upload: { clip } },
    );
  }
  return clip;
}

/** Asks for the comparison until it is `ready` or `failed`. */
export async function waitUntilCompared(
  protocol: Protocol,
  pair: ClipPair,
  { timeout = usualTimeout, createdOn, ...options }: ComparisonWaitOptions & ProtocolCallOptions,
): Promise<ClipComparison> {
  return askUntilSettled({
    ...{ timeout, signal: options.signal },
    async ask() {
      const comparison = await protocol.getComparison(pair, options);
      if (createdOn === undefined || comparison.createdOn === createdOn) return comparison;
      throw new DirectUploadError(
        "comparison_replaced",
        `The comparison of clip ${pair.newId} with ${pair.oldId} was asked for again meanwhile, and there is one at a time. Ask for it again.`,
        { retryable: true },
      );
    },
    describeDeadline: (_, seconds) =>
      new DirectUploadError(
        "deadline",
        `The comparison of clip ${pair.newId} with ${pair.oldId} is still pending after ${seconds} s. The service goes on with it: ask for it again later.`,
        { retryable: true },
      ),
  });
}

interface Wait<T> {
  timeout: number;
  signal: AbortSignal | undefined;
  /** What is known already. */
  first?: T | undefined;
  ask(): Promise<T>;
  onPending?: ((state: T) => void) | undefined;
  describeDeadline(state: T, seconds: number): DirectUploadError;
}

/** Asks again and again, at longer and longer intervals, until it is no longer `pending`. */
async function askUntilSettled<T extends { status: string }>({
  timeout,
  signal,
  first,
  ask,
  onPending,
  describeDeadline: describe,
}: Wait<T>): Promise<T> {
  requirePositive("timeout", timeout);
  const end = Date.now() + timeout;
  let state = first ?? (await ask());
  for (
    let delay = firstPause;
    state.status === "pending";
    delay = Math.min(delay * 1.5, longestPause)
  ) {
    onPending?.(state);
    if (Date.now() >= end) throw describe(state, Math.round(timeout / 1000));
    await pause(Math.min(delay, Math.max(0, end - Date.now())), signal);
    state = await ask();
  }
  return state;
}

function describeDeadline(clip: Clip, seconds: number): DirectUploadError {
  const { id, queuePosition = 0 } = clip;
  const place = queuePosition > 0 ? ` About ${queuePosition} other clips are before it.` : "";
  return new DirectUploadError(
    "deadline",
    `Clip ${id} is still pending after ${seconds} s.${place} The content is with the service: ask for the clip again later.`,
    { retryable: true, upload: { clip } },
  );
}
