import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Clip } from "../src/index.js";
import { clip, startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";

const pending = { ...wireClip, status: "pending" };
const pendingClip = { ...clip, status: "pending" } as Clip;

/** A service that shows these states of the clip one after the other. */
function startWith(...rows: object[]) {
  let asked = 0;
  return startService((_: IncomingMessage, response: ServerResponse) => {
    answerJson(response, { data: [rows[asked++] ?? rows.at(-1)] });
  });
}

test("a clip that is available is not asked for", async () => {
  await using service = await startWith(wireClip);
  const available = clip as Clip;
  expect(await service.client.waitUntilAvailable(available)).toBe(available);
  expect(service.seen).toEqual([]);
});

test("a pending clip is asked for until it is not, and shown each time", async () => {
  await using service = await startWith(pending, { ...pending, size: 7 }, wireClip);
  const shown: Clip[] = [];
  const waiting = service.client.waitUntilAvailable("c1", { onPending: (one) => shown.push(one) });
  expect(await waiting).toEqual(clip);
  expect(shown).toEqual([pendingClip, { ...pendingClip, size: 7 }]);
  expect(service.seen).toHaveLength(3);
});

test.each([
  [{ reason: "It holds no video." }, "It holds no video."],
  [{}, "no reason was given"],
])("a clip that failed with %j is an error that says why", async (facts, reason) => {
  await using service = await startWith({ ...wireClip, status: "failed", ...facts });
  await expect(service.client.waitUntilAvailable(pendingClip)).rejects.toMatchObject({
    code: "clip_failed",
    message: `The service could not make a clip of it: ${reason} (clip c1).`,
    upload: { clip: { id: "c1", status: "failed" } },
  });
  expect(service.seen).toHaveLength(1);
});

test("a wait that ends too early says how long it was, and that the content is safe", async () => {
  await using service = await startWith(pending);
  const waiting = service.client.waitUntilAvailable(pendingClip, { timeout: 700 });
  await expect(waiting).rejects.toMatchObject({
    code: "deadline",
    retryable: true,
    message:
      "Clip c1 is still pending after 1 s. The content is with the service: ask for the clip again later.",
    upload: { clip: pendingClip },
  });
  // It has asked more than once, with pauses in between.
  expect(service.seen.length).toBeGreaterThan(0);
  expect(service.seen.length).toBeLessThan(7);
});

test("an abort ends the wait", async () => {
  const controller = new AbortController();
  await using service = await startWith(pending);
  const waiting = service.client.waitUntilAvailable(pendingClip, {
    signal: controller.signal,
    onPending: () => controller.abort(),
  });
  await expect(waiting).rejects.toMatchObject({ code: "aborted" });
});

test.each([0, -1, Number.NaN])("a timeout of %d is refused by name", async (timeout) => {
  await using service = await startWith(pending);
  const waiting = service.client.waitUntilAvailable(pendingClip, { timeout });
  await expect(waiting).rejects.toMatchObject({
    code: "invalid_option",
    message: expect.stringContaining("timeout"),
  });
});
