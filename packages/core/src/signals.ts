import { createAbortError, DirectUploadError } from "./errors.js";

/** A signal that is aborted when one of several others is, or by itself. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts this signal and none of its parents. */
  abort(reason?: unknown): void;
}

/**
 * A signal that is aborted with the first of its parents. Disposing removes its listeners from its
 * parents, which may live as long as the program.
 */
export function linkSignals(...parents: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const followed = parents.filter((parent) => parent !== undefined);
  const follow = ({ target }: Event) => {
    if (target instanceof AbortSignal) controller.abort(target.reason);
  };
  for (const parent of followed) {
    if (parent.aborted) controller.abort(parent.reason);
    else parent.addEventListener("abort", follow, { once: true });
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]() {
      for (const parent of followed) parent.removeEventListener("abort", follow);
    },
  };
}

/**
 * A signal that is aborted with its parents, or when the deadline is over.
 *
 * @param deadline milliseconds; `undefined` for no limit
 */
export function limitTime(
  deadline: number | undefined,
  ...parents: (AbortSignal | undefined)[]
): LinkedSignal {
  const linked = linkSignals(...parents);
  if (deadline === undefined) return linked;
  const expire = () =>
    linked.abort(
      new DirectUploadError(
        "deadline",
        `The upload was not finished after ${deadline} ms, the time allowed for it; it can be resumed.`,
        { retryable: true },
      ),
    );
  const timer = setTimeout(expire, deadline);
  return {
    ...linked,
    [Symbol.dispose]() {
      clearTimeout(timer);
      linked[Symbol.dispose]();
    },
  };
}

/** The result of work that takes no signal. After an abort, the work is no longer waited for. */
export async function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(createAbortError(signal));
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    // The abort first: work that has ended at the same time must not go on.
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
