import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
// The compiled one: it starts its child process from a JavaScript file.
import { createMedia } from "../dist/index.js";
import { unhurried } from "./inspect-pictures.js";
import { makeFolder, signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

it.each([
  ["mp4", "video/mp4", "h264", "everywhere"],
  ["mov", "video/quicktime", "h264", "everywhere"],
  ["avi", "video/x-msvideo", "mpeg4", "rendition"],
  ["webm", "video/webm", "vp9", "everywhere"],
] as const)("a real .%s becomes a clip that plays", async (container, mime, codec, plays) => {
  const file = path.join(await makeFolder(), `take.${container}`);
  await makeVideo({ path: file, container, seconds: 1, width: 320, height: 240, rate: 10 });
  const content = await readFile(file);
  const service = await startTestService({ media: createMedia(unhurried) });
  const client = new UploadClient(service, await signIn(service));
  const query = `size=${content.length}&filename=take.${container}&mime=${mime}`;
  const clip = await client.uploadAndSettle(content, query);
  expect(clip).toMatchObject({ status: "available", width: 320, height: 240, codec, mime, plays });
  expect(clip.duration).toBeCloseTo(1, 0);
  for (const [url, magic] of [
    [clip.thumbnail_url, "\xff\xd8\xff"],
    [clip.preview_gif, "GIF89a"],
    [clip.preview_webp, "RIFF"],
  ]) {
    const bytes = Buffer.from(await (await fetch(url ?? "")).arrayBuffer());
    expect(bytes.toString("latin1").slice(0, magic?.length)).toBe(magic);
  }
  expect(await (await fetch(clip.storyboard ?? "")).text()).toMatch(
    /^WEBVTT\n\n00:00:00\.000 --> /,
  );
  const played = Buffer.from(await (await fetch(clip.play_url ?? "")).arrayBuffer());
  if (plays === "rendition") expect(played.toString("latin1", 4, 8)).toBe("ftyp");
  else expect(played.equals(content)).toBe(true);
  const video = await fetch(clip.video_url ?? "");
  expect(video.headers.get("content-type")).toBe(mime);
  expect(Buffer.from(await video.arrayBuffer()).equals(content)).toBe(true);
});

it("bytes that are not a video become a failed clip", async () => {
  const service = await startTestService({ media: createMedia(unhurried) });
  const client = new UploadClient(service, await signIn(service));
  const clip = await client.uploadAndSettle(makeContent(5000));
  expect(clip).toMatchObject({ status: "failed", reason: expect.any(String) });
});
