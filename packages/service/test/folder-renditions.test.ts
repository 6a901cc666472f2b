import { expect, it, onTestFinished, vi } from "vitest";
import { FreeSpace } from "../src/store/folder/free-space.js";
import { answering, readyResult } from "./fake-media.js";
import { listKeys, signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

const copy = readyResult(
  { mime: "video/mp2t" },
  { playback: { kind: "remux", reason: "Browsers do not play MPEG-TS." } },
);

it("waits for room on the disk, and says so in the log", async () => {
  let free = 5000;
  let renditions = 0;
  const read = vi.spyOn(FreeSpace.prototype, "read").mockImplementation(async () => free);
  onTestFinished(() => read.mockRestore());
  const media = answering(copy, async () => {
    renditions += 1;
    return { outcome: "unavailable", reason: "no room was expected" };
  });
  const inspect = async () => {
    // Not enough for what is as large as the original.
    free = 999;
    return copy;
  };
  const service = await startTestService({ media: { ...media, inspect }, streamVideos: true });
  const client = new UploadClient(service, await signIn(service));
  const clip = await client.uploadAndSettle(makeContent(1000));
  expect(clip).toMatchObject({ status: "available", plays: null });
  expect(renditions).toBe(0);
  expect(service.log.join("")).toContain("has no room for a rendition");
  expect(await listKeys(service, "renditions/")).toHaveLength(1);
});
