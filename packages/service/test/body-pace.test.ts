import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readBody } from "../src/http/body-pace.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pace = { seconds: 60, bytes: 60 * 1024 };

/** Reads a body of `count` chunks, of which one arrives every 50 s; returns its size. */
async function readSlowly(count: number, chunkSize: number): Promise<number> {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50_000));
      if (sent === count) return controller.close();
      sent += 1;
      controller.enqueue(new Uint8Array(chunkSize));
    },
  });
  const request = new Request("http://a/", { method: "PUT", body, duplex: "half" });
  let size = 0;
  const reading = (async () => {
    for await (const chunk of readBody(request, pace)) size += chunk.length;
  })();
  const ended = reading.then(
    () => size,
    (error: unknown) => Promise.reject(error),
  );
  ended.catch(() => {});
  await vi.advanceTimersByTimeAsync((count + 2) * 50_000);
  return ended;
}

it("takes a part that comes slowly, for as long as it keeps coming", async () => {
  expect(await readSlowly(100, 64 * 1024)).toBe(100 * 64 * 1024);
});

it("refuses a part of which only drops come", async () => {
  await expect(readSlowly(100, 1)).rejects.toMatchObject({ status: 408 });
});
