import { vi } from "vitest";

/** Waits until the condition holds, looked at often; fails after 20 s. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 20_000, interval: 2 });
}
