/** Turns the runner's wish to end the job into an `AbortSignal`. */
export interface Cancel extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Listens until disposed. A runner that cancels sends SIGINT, SIGTERM 7.5 s later, and kills after
 * another 2.5 s: enough to stop the uploads and to say what was done.
 */
export function listenForCancel(): Cancel {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) process.on(name, cancel);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, cancel);
    },
  };
}
