import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { makeVideo } from "./fixtures/make-video.ts";
import type { VideoContainer } from "./fixtures/pad-video.ts";
import { download, mebibyte, partSize } from "./spoiled-service.ts";
import { makeFolder, startTestService } from "./start-service.ts";

describe("upload", () => {
  test("three parts become a clip whose bytes are those that were sent", async () => {
    const service = await startTestService();
    const folder = await makeFolder();
    const bytes = randomBytes(12 * mebibyte + 345);
    const path = await folder.write("intro.mp4", bytes);
    const result = await service.connect().upload(path);
    expect(result).toMatchObject({
      outcome: "uploaded",
      checksum: createHash("md5").update(bytes).digest("hex"),
      size: bytes.length,
      bytesSent: bytes.length,
      bytesReused: 0,
      attempts: 3,
      clip: { status: "available", filename: "intro.mp4", mime: "video/mp4", size: bytes.length },
    });
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
  });

  test("the same content again is known: the same id, and no byte is sent", async () => {
    const service = await startTestService();
    const bytes = randomBytes(6 * mebibyte);
    const first = await service.connect().upload(bytes, { filename: "a.mp4" });
    const second = await service.connect().upload(bytes, { filename: "b.mp4" });
    expect(second).toMatchObject({ outcome: "known", bytesSent: 0, attempts: 0 });
    expect(second.clip.id).toBe(first.clip.id);
  });

  test.each(["mp4", "mov", "avi", "webm"] satisfies VideoContainer[])(
    "a real .%s becomes a clip with pictures and facts",
    async (container) => {
      const service = await startTestService({ looksInto: true });
      const folder = await makeFolder();
      const path = `${folder.path}/take.${container}`;
      await makeVideo({ path, container, seconds: 2, width: 320, height: 180, rate: 25 });
      const { clip } = await service.connect().upload(path);
      expect(clip).toMatchObject({ status: "available", width: 320, height: 180 });
      expect(clip.duration).toBeCloseTo(2, 0);
      expect((await download(clip.thumbnailUrl)).subarray(0, 3)).toEqual(
        Buffer.from("ffd8ff", "hex"),
      );
      expect((await download(clip.previewGif)).subarray(0, 6).toString()).toBe("GIF89a");
      expect((await download(clip.videoUrl)).equals(await readFile(path))).toBe(true);
    },
  );

  test("a name with a line break is told without it", async () => {
    const service = await startTestService();
    const { clip } = await service.connect().upload(randomBytes(9), { filename: "a\n\tb.webm" });
    expect(clip).toMatchObject({ filename: "a b.webm", mime: "video/webm" });
  });

  test("an empty source is refused before any request", async () => {
    const service = await startTestService();
    await service.close();
    const upload = service.connect({ retry: { attempts: 1 } }).upload(Buffer.alloc(0));
    await expect(upload).rejects.toMatchObject({ code: "source_empty" });
  });

  test("a service that is restarted between parts keeps those that it has", async () => {
    const folder = await makeFolder();
    const bytes = randomBytes(3 * partSize);
    const first = await startTestService({ folder: folder.path });
    const plan = await first.connect().requestUpload({
      checksum: createHash("md5").update(bytes).digest("hex"),
      size: bytes.length,
    });
    if (plan.isKnown) throw new Error("the content cannot be known");
    const put = await fetch(plan.urls[0]?.url ?? "", {
      method: "PUT",
      body: bytes.subarray(0, partSize),
    });
    expect(put.status).toBe(200);
    await first.close();
    const second = await startTestService({ folder: folder.path }, first);
    const result = await second.connect().upload(bytes);
    expect(result).toMatchObject({ bytesSent: 2 * partSize, bytesReused: partSize, attempts: 2 });
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
  });
});
