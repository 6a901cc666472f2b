import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { guardAgainstStall } from "../src/http/stall-guard.js";
import { startUploadServer } from "./upload-server.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("silence ends a request, and whatever is sent or received starts the time again", () => {
  using guard = guardAgainstStall("storage", { silence: 1000 });
  for (let count = 0; count < 50; count++) {
    vi.advanceTimersByTime(900);
    guard.touch();
  }
  expect(guard.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(guard.signal.reason).toMatchObject({ code: "stalled", retryable: true });
  expect(guard.signal.reason.message).toBe(
    "storage was silent for 1 s. Check the connection, or allow more time.",
  );
});

test("an answer that trickles is ended at the limit for the whole, which is named", () => {
  using guard = guardAgainstStall("clips.example.com", { silence: 1000, total: 10_000 });
  for (let count = 0; count < 49; count++) {
    vi.advanceTimersByTime(200);
    guard.touch();
  }
  expect(guard.signal.aborted).toBe(false);
  vi.advanceTimersByTime(200);
  expect(guard.signal.reason.message).toContain("was not complete after 10 s");
});

test("waiting for the speed limit does not count as silence, however long it takes", async () => {
  using guard = guardAgainstStall("storage", { silence: 1000 });
  const gate = Promise.withResolvers<void>();
  const waiting = guard.exempt(() => gate.promise);
  vi.advanceTimersByTime(60_000);
  expect(guard.signal.aborted).toBe(false);
  gate.resolve();
  await waiting;
  vi.advanceTimersByTime(999);
  expect(guard.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(guard.signal.aborted).toBe(true);
});

test("a limit that is longer than a timer can take does not end a request at once", () => {
  using guard = guardAgainstStall("storage", { silence: 2 ** 31 * 6, total: 2 ** 33 });
  vi.advanceTimersByTime(24 * 60 * 60 * 1000);
  expect(guard.signal.aborted).toBe(false);
});

test("the speed limit of many parts costs no attempt", async () => {
  vi.useRealTimers();
  const server = await startUploadServer({ chunkSize: 64 * 1024 });
  const content = Buffer.alloc(1024 * 1024, "x");
  const { attempts } = await server.connect().upload(content, {
    // The last part waits for a second, nearly seven times as long as storage may be silent.
    maxBytesPerSecond: content.length,
    concurrency: 16,
    stallTimeout: 150,
    retry: { attempts: 1 },
  });
  expect(attempts).toBe(16);
});

test("each piece of an answer starts the time of silence again", async () => {
  vi.useRealTimers();
  let pieces = 0;
  const server = await startUploadServer({
    answer({ kind, response }) {
      if (kind !== "clip") return false;
      const text = JSON.stringify({ data: [] });
      const send = (index: number) => {
        if (index === text.length) return response.end();
        response.write(text[index]);
        pieces++;
        setImmediate(send, index + 1);
      };
      send(0);
      return true;
    },
  });
  await expect(server.connect().listClips()).resolves.toMatchObject({ clips: [] });
  expect(pieces).toBe(11);
});
