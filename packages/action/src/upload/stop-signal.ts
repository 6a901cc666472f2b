import { DirectUploadError } from "@clipcourier/core";

/**
 * Stops the uploads when the job is cancelled, when their time is over, or when `stop` is called.
 */
export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
  stop(): void;
}

export function createStopSignal(
  cancelled: AbortSignal,
  timeoutMinutes: number | undefined,
): StopSignal {
  const controller = new AbortController();
  const expire = () => {
    const message = `The uploads were not finished after ${timeoutMinutes} minutes, which timeout-minutes allows. Run the job again: what is stored is not sent again.`;
    controller.abort(new DirectUploadError("deadline", message, { retryable: true }));
  };
  const timer =
    timeoutMinutes === undefined ? undefined : setTimeout(expire, timeoutMinutes * 60_000);
  return {
    signal: AbortSignal.any([cancelled, controller.signal]),
    stop: () => controller.abort(),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
