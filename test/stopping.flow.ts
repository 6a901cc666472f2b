import { randomBytes } from "node:crypto";
import { appendFile, open, stat, utimes } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { watchClientSockets } from "./client-sockets.ts";
import { stopClock } from "./clock.ts";
import { goSilent } from "./faults/faults.ts";
import { Gate, holdAt } from "./faults/gate.ts";
import { download, mebibyte, partSize, startSpoiledService } from "./spoiled-service.ts";
import { makeFolder } from "./start-service.ts";
import { awaitAnswers, until } from "./until.ts";

const bytes = randomBytes(6 * partSize);

describe("abort", () => {
  test.each([
    ["while parts are in flight", { method: "PUT", part: 5 }],
    ["while finalize waits for its answer", { method: "POST", path: /directupload/ }],
    ["while the plan waits for its answer", { method: "GET", path: /directupload/ }],
  ])("%s: sockets are closed at once, and the upload can be resumed", async (_, when) => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([{ when, fault: goSilent() }]);
    const sockets = watchClientSockets(spoiled.front.origin);
    const client = spoiled.connect();
    const controller = new AbortController();
    const uploading = client.upload(bytes, { signal: controller.signal });
    uploading.catch(() => {});
    await until(() => spoiled.front.log.some(({ status }) => status === "silent"));
    const finalizedBefore = spoiled.finalized();
    expect(sockets.open).toBeGreaterThan(0);
    controller.abort(new Error("enough"));
    // The peer goes on saying nothing: it is the client that closes.
    await awaitAnswers(spoiled.service);
    expect(sockets.open).toBe(0);
    await expect(uploading).rejects.toMatchObject({ code: "aborted" });
    expect(spoiled.finalized()).toBe(finalizedBefore);
    const result = await client.upload(bytes);
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
    expect(result.bytesSent + result.bytesReused).toBe(bytes.length);
  });

  test("buffers are back: as many uploads as one likes can be stopped", async () => {
    const spoiled = await startSpoiledService();
    const client = spoiled.connect();
    const fault = goSilent({ afterBytes: 0 });
    spoiled.front.script([{ when: { method: "PUT" }, times: Infinity, fault }]);
    for (let round = 0; round < 5; round++) {
      spoiled.front.clearLog();
      const controller = new AbortController();
      const uploading = client.upload(bytes, { signal: controller.signal });
      uploading.catch(() => {});
      await until(() => spoiled.front.log.filter(({ method }) => method === "PUT").length === 4);
      controller.abort();
      await expect(uploading).rejects.toMatchObject({ code: "aborted" });
    }
    spoiled.front.script([]);
    await expect(client.upload(bytes)).resolves.toMatchObject({ outcome: "uploaded" });
  });

  test("a signal that has ended before makes no request", async () => {
    const spoiled = await startSpoiledService();
    const upload = spoiled.connect().upload(bytes, { signal: AbortSignal.abort() });
    await expect(upload).rejects.toMatchObject({ code: "aborted" });
    expect(spoiled.front.log).toEqual([]);
  });
});

test("the deadline ends an upload whatever it is doing, and says so", async () => {
  const spoiled = await startSpoiledService();
  spoiled.front.script([{ when: { method: "PUT" }, times: Infinity, fault: goSilent() }]);
  const clock = stopClock();
  const upload = spoiled.connect().upload(bytes, { filename: "a.mp4", deadline: 300 });
  upload.catch(() => {});
  await until(() => spoiled.front.log.some(({ status }) => status === "silent"));
  clock.turn(300);
  await expect(upload).rejects.toMatchObject({ code: "deadline", retryable: true });
  await expect(upload).rejects.toThrow("a.mp4: The upload was not finished after 300 ms");
  expect(spoiled.finalized()).toBe(0);
});

describe("a file that changes while it is sent", () => {
  // Part 1 is held back while the test edits the file; the parts behind it are read afterwards.
  async function uploadWhile(edit: (path: string) => Promise<void>) {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: { method: "PUT", part: 1 }, fault: holdAt(gate) }]);
    const path = await (await makeFolder()).write("edited.mp4", bytes);
    const uploading = spoiled.connect().upload(path, { concurrency: 1 });
    uploading.catch(() => {});
    await until(() => gate.held === 1);
    await edit(path);
    gate.open();
    return { spoiled, path, uploading };
  }

  async function overwrite(path: string, position: number): Promise<void> {
    const file = await open(path, "r+");
    await file.write(Buffer.from([(bytes[position] ?? 0) ^ 1]), 0, 1, position);
    await file.close();
  }

  test.each([
    ["a byte of a later part", (path: string) => overwrite(path, 5 * partSize)],
    ["a byte of a part that was sent", (path: string) => overwrite(path, 10)],
    ["its length", (path: string) => appendFile(path, "x")],
    [
      "a byte, and the time is set back so that it does not show",
      async (path: string) => {
        const { atime, mtime } = await stat(path);
        await overwrite(path, 5 * partSize);
        await utimes(path, atime, mtime);
      },
    ],
  ])("%s: nothing is finalized, and the error names the file", async (_, edit) => {
    const { spoiled, path, uploading } = await uploadWhile(edit);
    await expect(uploading).rejects.toMatchObject({ code: "source_changed" });
    await expect(uploading).rejects.toThrow(path);
    expect(spoiled.finalized()).toBe(0);
  });
});

test("maxBytesPerSecond holds for all parts together", async () => {
  const spoiled = await startSpoiledService();
  const controller = new AbortController();
  const uploading = spoiled.connect().upload(bytes, {
    // One piece leaves at once, and all others wait for hours.
    maxBytesPerSecond: 1,
    concurrency: 6,
    signal: controller.signal,
  });
  uploading.catch(() => {});
  const received = () => spoiled.front.log.map(({ bytesReceived }) => bytesReceived);
  const puts = () => spoiled.front.log.filter(({ method }) => method === "PUT");
  await until(() => puts().some(({ bytesReceived }) => bytesReceived > 0));
  await awaitAnswers(spoiled.service);
  expect(puts().filter(({ bytesReceived }) => bytesReceived > 0)).toHaveLength(1);
  expect(Math.max(...received())).toBeLessThan(mebibyte);
  controller.abort();
  await expect(uploading).rejects.toMatchObject({ code: "aborted" });
});
