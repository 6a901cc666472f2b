import { DirectUploadError } from "./errors.js";

/** A signal that ends with the caller's, or when the time is over. */
export interface TimeLimit extends Disposable {
  readonly signal: AbortSignal;
}

/** @param deadline milliseconds; `undefined` for no end */
export function limitTime(
  signal: AbortSignal | undefined,
  deadline: number | undefined,
): TimeLimit {
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  const expire = () =>
    controller.abort(
      new DirectUploadError(
        "deadline",
        `The upload was not through after ${deadline} ms, the time allowed for it; it can be resumed.`,
        { retryable: true },
      ),
    );
  const timer = deadline === undefined ? undefined : setTimeout(expire, deadline);
  if (signal?.aborted) follow();
  signal?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", follow);
    },
  };
}
