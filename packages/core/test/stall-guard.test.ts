import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { until } from "../../../test/until.ts";
import { guardAgainstStall } from "../src/http/stall-guard.js";
import { awaitAnswers } from "./http-server.js";
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
  const server = await startUploadServer({ chunkSize: 64 * 1024 });
  const stop = new AbortController();
  const uploading = server.connect().upload(Buffer.alloc(16 * 64 * 1024, "x"), {
    // The first piece leaves at once, and the others wait for hours.
    maxBytesPerSecond: 1,
    concurrency: 16,
    stallTimeout: 30_000,
    retry: { attempts: 1 },
    signal: stop.signal,
  });
  uploading.catch(() => {});
  await until(() => server.connections() === 16);
  // The client hears of a connection later than the server, and only then waits for its turn.
  for (let round = 0; round < 5; round++) await awaitAnswers();
  vi.advanceTimersByTime(3_600_000);
  await awaitAnswers();
  stop.abort();
  await expect(uploading).rejects.toMatchObject({ code: "aborted" });
});

test("each piece of an answer starts the time of silence again", async () => {
  const text = JSON.stringify({ data: [] });
  const server = await startUploadServer({
    async answer({ kind, response }) {
      if (kind !== "clip") return false;
      for (const letter of text) {
        response.write(letter);
        await awaitAnswers();
        vi.advanceTimersByTime(20_000);
      }
      response.end();
      return true;
    },
  });
  const client = server.connect({ silenceTimeout: 30_000, requestTimeout: 600_000 });
  await expect(client.listClips()).resolves.toMatchObject({ clips: [] });
});
