import { expect, it } from "vitest";
import type { UploadProgress } from "../src/index.js";
import { clip, startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";
import { startUploadServer } from "./upload-server.js";

const pending = { ...wireClip, status: "pending" };

it("a pending clip has its place in the queue", async () => {
  await using service = await startService({ _queue: { position: 12 }, data: [pending] });
  expect(await service.client.getClip("c1")).toEqual({
    ...{ ...clip, status: "pending", queuePosition: 12 },
  });
});

it.each([
  [{ position: 3 }, wireClip],
  [null, pending],
  [7, pending],
  [{}, pending],
  [{ position: -1 }, pending],
  [{ position: "next" }, pending],
])("of the place %j, which is none, nothing comes", async (_queue, row) => {
  await using service = await startService({ _queue, data: [row] });
  expect(await service.client.getClip("c1")).toEqual({ ...clip, status: row.status });
});

it("the progress of an upload has the place while the clip is waited for", async () => {
  const seen: (number | undefined)[] = [];
  const server = await startUploadServer({
    answer({ kind, response }) {
      const isWaiting = kind === "clip" && !seen.includes(5);
      if (isWaiting) answerJson(response, { _queue: { position: 5 }, data: [pending] });
      else if (kind === "finalize") answerJson(response, { data: [pending] });
      return isWaiting || kind === "finalize";
    },
  });
  const source = { name: "take.mp4", size: 3, read: async () => Buffer.from("abc") };
  const onProgress = ({ phase, queuePosition }: UploadProgress) => {
    if (phase === "processing") seen.push(queuePosition);
    else expect(queuePosition).toBeUndefined();
  };
  const { clip: made } = await server.connect().upload(source, { onProgress });
  expect(made).toMatchObject({ status: "available" });
  expect(made).not.toHaveProperty("queuePosition");
  // There may be more than one event before the first answer.
  expect([...new Set(seen)]).toEqual([undefined, 5]);
});

it("a wait that ends too early says how many clips were before it", async () => {
  await using service = await startService({ _queue: { position: 12 }, data: [pending] });
  const places = new Set<unknown>();
  const waiting = service.client.waitUntilAvailable("c1", {
    timeout: 1,
    onPending: ({ queuePosition }) => places.add(queuePosition),
  });
  await expect(waiting).rejects.toMatchObject({
    code: "deadline",
    message: expect.stringContaining("About 12 other clips are before it."),
  });
  expect(places).toEqual(new Set([12]));
});
