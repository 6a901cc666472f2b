import { DirectUploadError } from "./errors.js";

/** Ends one request when nothing has moved for too long. */
export interface StallGuard {
  /** Ends with the caller's signal or with the stall; its reason tells which. */
  readonly signal: AbortSignal;
  /** Something moved: the time starts again. */
  touch(): void;
  /** The request is through. */
  end(): void;
}

/**
 * @param peer who is silent, for the message
 * @param timeout milliseconds without a movement
 */
export function guardAgainstStall(peer: string, timeout: number, signal?: AbortSignal): StallGuard {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new DirectUploadError(
        "stalled",
        `${peer} was silent for ${Math.round(timeout / 100) / 10} s. Check the connection, or allow more time.`,
        { retryable: true },
      ),
    );
  }, timeout);
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    touch: () => timer.refresh(),
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", follow);
    },
  };
}
