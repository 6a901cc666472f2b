import { type Clip, DirectUploadError, type DirectUploadErrorCode } from "@clipcourier/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ClipPoll } from "../src/clips/clip-poll.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minutes = 60_000;

function fail(code: DirectUploadErrorCode): () => Promise<Clip> {
  return () => Promise.reject(new DirectUploadError(code, "It has failed."));
}

function startPoll(ids: string[], answer: (id: string) => Promise<Clip>) {
  const refused: unknown[] = [];
  const gone: string[] = [];
  const clips: Clip[] = [];
  const fetch = vi.fn(answer);
  const poll = new ClipPoll({
    ...{ list: () => ids, fetch },
    onClip: (clip) => void clips.push(clip),
    onGone: (id) => void gone.push(id),
    onRefused: (error) => void refused.push(error),
  });
  poll.begin();
  return { poll, fetch, refused, gone, clips };
}

test("the first refusal of the keys ends the poll until the list was loaded again", async () => {
  const { poll, fetch, refused } = startPoll(["a", "b"], fail("unauthorized"));
  await vi.advanceTimersByTimeAsync(30 * minutes);
  expect([fetch.mock.calls, refused.length]).toEqual([[["a"]], 1]);
  poll.begin();
  await vi.advanceTimersByTimeAsync(30 * minutes);
  expect(fetch).toHaveBeenCalledTimes(1);
  poll.resume();
  await vi.advanceTimersByTimeAsync(30 * minutes);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("failed rounds are further and further apart, up to a minute", async () => {
  const { poll, fetch } = startPoll(["a"], fail("network"));
  // 1.5, 4.5, 10.5, 22.5 and 46.5 seconds after the beginning.
  await vi.advanceTimersByTimeAsync(50_000);
  expect(fetch).toHaveBeenCalledTimes(5);
  await vi.advanceTimersByTimeAsync(10 * minutes);
  expect(fetch.mock.calls.length).toBeLessThanOrEqual(16);
  poll.resume();
  fetch.mockClear();
  await vi.advanceTimersByTimeAsync(2 * minutes);
  expect(fetch.mock.calls.length).toBeGreaterThan(0);
});

test("rounds do not overlap, however often one is begun", async () => {
  const answer = Promise.withResolvers<Clip>();
  const { poll, fetch, clips } = startPoll(["a"], () => answer.promise);
  for (let count = 0; count < 5; count++) {
    await vi.advanceTimersByTimeAsync(minutes);
    poll.begin();
  }
  expect(fetch).toHaveBeenCalledTimes(1);
  answer.resolve({ id: "a" } as Clip);
  await vi.advanceTimersByTimeAsync(0);
  expect(clips).toEqual([{ id: "a" }]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("a deleted clip goes, and answers about an earlier list are ignored", async () => {
  const { poll, fetch, gone } = startPoll(["a", "b"], fail("not_found"));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(gone).toEqual(["a", "b"]);
  fetch.mockImplementation((id) => {
    poll.drop();
    return fail("not_found")().catch(() => ({ id }) as Clip);
  });
  gone.length = 0;
  await vi.advanceTimersByTimeAsync(1_500);
  expect([fetch.mock.calls.length, gone]).toEqual([3, []]);
});
