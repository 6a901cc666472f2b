import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { FolderStore } from "../src/index.js";
import { logOf } from "./keyless-service.js";
import { startTestService } from "./start-test-service.js";

it("a store that does not answer any more does not hold up the end for longer than three seconds", async () => {
  const asked = Promise.withResolvers<void>();
  const listing = vi.spyOn(FolderStore.prototype, "listObjects").mockImplementation(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  onTestFinished(() => listing.mockRestore());
  const service = await startTestService({ shutdownTime: 60 });
  await asked.promise;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const ended = vi.fn();
  const closing = service.close().then(ended);
  // `expect.poll` would turn the clock itself.
  while (!timers.mock.calls.some(([, delay]) => delay === 3_000)) await setImmediate();
  await vi.advanceTimersByTimeAsync(2_999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await closing;
  expect(logOf(service).map(({ msg }) => msg)).toContain(
    "the store does not answer, so running work waits until its lease ends",
  );
});
