/** Turns the signals of a runner that cancels the job into an `AbortSignal`. */
export interface Cancel extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Listens until it is disposed. A runner that cancels sends SIGINT, 7.5 s later SIGTERM, and kills
 * the process 2.5 s after that: enough time to stop the uploads and to report what was done.
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
