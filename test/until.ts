import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until the condition holds, and fails after two minutes: longer than any pause of a busy
 * machine. It looks at no clock that a test may have stopped.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited two minutes in vain for ${condition}`);
    await sleep(2);
  }
}

/**
 * Gives what must not happen the time to happen, measured in what this machine gets done meanwhile:
 * this many answers of the service, one after the other.
 */
export async function awaitAnswers({ rootUrl }: { rootUrl: string }, count = 25): Promise<void> {
  const url = new URL("/healthz", rootUrl);
  for (let answer = 0; answer < count; answer++) await (await fetch(url)).arrayBuffer();
}
