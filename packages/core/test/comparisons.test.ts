import { expect, it } from "vitest";
import type { VideoDiff } from "../src/index.js";
import { startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";

const video = { duration: 12, width: 1280, height: 720, codec: "h264", rate: 30 };
const diff: VideoDiff = {
  verdict: "changed",
  summary: "Changed from 0:05.0 to 0:07.5, 12 % of the picture.",
  reason: null,
  ranges: [
    {
      kind: "changed",
      ...{ old: { from: 4.6, to: 7.1 }, new: { from: 5, to: 7.5 } },
      ...{ share: 0.12, regions: [{ x: 10, y: 20, width: 300, height: 200 }] },
    },
  ],
  delay: { start: 0.4, most: 0.4 },
  ...{ old: video, new: video },
};
const ignore = [{ x: 0, y: 0, width: 0.5, height: 0.1, unit: "share" as const }];
const pending = {
  ...{ old_id: "c0", new_id: "c1", status: "pending", created_on: "2026-11-30T12:00:00.000Z" },
  ...{ ignore, tolerance: 2 },
  ...{ diff: null, reason: null, picture_url: null, url: "https://a/c/c1/compare/c0" },
};
const picture_url = "https://a/c/c1/compare/c0.gif";
const ready = { ...pending, status: "ready", diff, picture_url };
const comparison = {
  ...{ oldId: "c0", newId: "c1", status: "ready", createdOn: pending.created_on },
  ...{ ignore, tolerance: 2 },
  ...{ diff, reason: null, pictureUrl: picture_url, url: pending.url },
};

it("asks for a comparison, with what is not compared", async () => {
  await using service = await startService({ data: [pending], _dropped: ["c7"] });
  expect(await service.client.compareClips("c1", "c0", { ignore, tolerance: 2 })).toEqual({
    ...{ ...comparison, status: "pending", diff: null, pictureUrl: null },
    droppedIds: ["c7"],
  });
  const [{ body = "", ...call } = {}] = service.seen;
  expect(call).toMatchObject({ method: "POST", path: "/v2.7/me/videoclips/c1/comparisons/c0" });
  const sent = new URLSearchParams(body);
  expect(JSON.parse(sent.get("ignore") ?? "")).toEqual(ignore);
  expect(sent.get("tolerance")).toBe("2");
});

it("sends nothing of options that are not given", async () => {
  await using service = await startService({ data: [pending] });
  await service.client.compareClips("c1", "c0");
  expect(service.seen).toMatchObject([{ body: "" }]);
});

it("waits until it is ready, and gives what differs", async () => {
  let asked = 0;
  await using service = await startService((_: unknown, response: never) => {
    asked += 1;
    answerJson(response, { data: [asked < 3 ? pending : ready] });
  });
  expect(await service.client.waitUntilCompared("c1", "c0")).toEqual(comparison);
  expect(service.seen.map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
});

it("waits for the comparison that was asked for, and not for what somebody else has asked for", async () => {
  const other = { ...ready, created_on: "2026-11-30T12:00:01.000Z", tolerance: 5 };
  let asked = 0;
  await using service = await startService((_: unknown, response: never) => {
    asked += 1;
    answerJson(response, { data: [asked < 3 ? pending : other] });
  });
  const waiting = service.client.waitUntilCompared("c1", "c0", { createdOn: pending.created_on });
  await expect(waiting).rejects.toMatchObject({ code: "comparison_replaced", retryable: true });
  await expect(waiting).rejects.toThrow("was asked for again meanwhile");
  // Whoever does not say which gets the one that there is.
  expect(await service.client.waitUntilCompared("c1", "c0")).toMatchObject({ tolerance: 5 });
});

it("a service that does not say how it was asked for is understood", async () => {
  const { ignore: _, tolerance: __, ...older } = ready;
  await using service = await startService({ data: [older] });
  const got = await service.client.getComparison("c1", "c0");
  expect(got).toMatchObject({ status: "ready" });
  expect(Object.keys(got)).not.toContain("tolerance");
});

it("one that has failed is an answer, with the reason", async () => {
  const reason = "Clip c0 was deleted.";
  await using service = await startService({ data: [{ ...pending, status: "failed", reason }] });
  const failed = await service.client.waitUntilCompared("c1", "c0");
  expect(failed).toMatchObject({ status: "failed", reason, diff: null });
});

it("a wait that takes too long says which clips it is about", async () => {
  await using service = await startService({ data: [pending] });
  const waiting = service.client.waitUntilCompared("c1", "c0", { timeout: 1 });
  await expect(waiting).rejects.toMatchObject({ code: "deadline", retryable: true });
  await expect(waiting).rejects.toThrow("comparison of clip c1 with c0");
});

it("a verdict of a later service keeps its sentence", async () => {
  const later = { ...ready, diff: { ...diff, verdict: "mirrored", summary: "It is mirrored." } };
  await using service = await startService({ data: [later] });
  const got = await service.client.getComparison("c1", "c0");
  expect(got.diff).toEqual({ ...diff, verdict: "cannot-tell", summary: "It is mirrored." });
});

it("a link to it has an end, and is asked for in seconds", async () => {
  const expires_on = "2026-12-07T12:00:00.000Z";
  const row = { ...ready, private: true, placeholder_url: "https://a/p.svg", expires_on };
  await using service = await startService({ data: [row] });
  expect(await service.client.createComparisonLink("c1", "c0", { expiresIn: 90_500 })).toEqual({
    ...{ ...comparison, isPrivate: true, placeholderUrl: "https://a/p.svg", expiresOn: expires_on },
  });
  expect(service.seen).toMatchObject([
    { path: "/v2.7/me/videoclips/c1/comparisons/c0/link", body: "expires_in=90" },
  ]);
});

/** A service that does not know the call, and has the clips whose ids are given. */
function startWithout(status: number, ids: string[]) {
  return startService((request: { method?: string; url?: string }, response: never) => {
    const isThere = ids.some((id) => request.url === `/v2.7/me/videoclips/${id}`);
    if (request.method === "GET" && isThere) answerJson(response, { data: [wireClip] });
    else answerJson(response, { error: { message: "Nothing is here." }, status }, status);
  });
}

it.each([404, 405])(
  "a service that answers %i is told from one without the clip",
  async (status) => {
    await using without = await startWithout(status, ["c1", "c0"]);
    const asking = without.client.compareClips("c1", "c0");
    await expect(asking).rejects.toMatchObject({ code: "not_found", status });
    await expect(asking).rejects.toThrow("The service compares no clips");
  },
);

it("a clip that is not there is named", async () => {
  await using service = await startWithout(404, ["c1"]);
  const asking = service.client.compareClips("c1", "c0");
  await expect(asking).rejects.toMatchObject({ code: "not_found" });
  await expect(asking).rejects.toThrow("Asking for clip c0");
});
