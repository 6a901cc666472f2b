import { expect, it } from "vitest";
import type { InspectOptions } from "../src/media/types.js";
import { answering, readyResult } from "./fake-media.js";
import { openGround, signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

async function start(result = readyResult()) {
  const asked: InspectOptions[] = [];
  const media = answering(result);
  const service = await startTestService({
    media: {
      ...media,
      inspect: (source, options, signal) => {
        asked.push(options);
        return media.inspect(source, options, signal);
      },
    },
    streamVideos: true,
  });
  return { service, asked, client: new UploadClient(service, await signIn(service)) };
}

it("a clip has every picture at its own address, and says what plays", async () => {
  const { client } = await start();
  const clip = await client.uploadAndSettle(makeContent(100), "size=100&filename=take.mp4");
  expect(clip).toMatchObject({
    ...{ plays: "everywhere", play_url: `${clip.url}/video.mp4`, notes: [] },
    download_url: `${clip.url}/download`,
    ...{ preview_webp: `${clip.url}/preview.webp`, storyboard: `${clip.url}/storyboard.vtt` },
    ...{ preview_of: "passages", thumbnail_time: null, codec: "h264", audio_codec: "aac" },
  });
  const download = await fetch(clip.download_url ?? "");
  expect(download.headers.get("content-disposition")).toBe("attachment; filename=take.mp4");
  const webp = await fetch(clip.preview_webp ?? "");
  expect([webp.headers.get("content-type"), await webp.text()]).toEqual(["image/webp", "a WebP"]);
});

it("a storyboard says which tile shows which time", async () => {
  const { client } = await start();
  const clip = await client.uploadAndSettle(makeContent(100));
  const answer = await fetch(clip.storyboard ?? "");
  expect(answer.headers.get("content-type")).toBe("text/vtt; charset=UTF-8");
  const text = await answer.text();
  expect(text).toBe(`WEBVTT

00:00:00.000 --> 00:00:25.000
storyboard.jpg#xywh=0,0,160,90

00:00:25.000 --> 00:00:50.000
storyboard.jpg#xywh=160,0,160,90

00:00:50.000 --> 00:01:01.400
storyboard.jpg#xywh=0,90,160,90
`);
  const [, name = ""] = /\n(storyboard\.jpg)#/.exec(text) ?? [];
  const tiles = await fetch(new URL(name, clip.storyboard ?? ""));
  expect([tiles.headers.get("content-type"), await tiles.text()]).toEqual(["image/jpeg", "tiles"]);
});

it("the media type is what the content is, and the address has its ending", async () => {
  const { client } = await start(readyResult({ mime: "video/webm" }));
  const clip = await client.uploadAndSettle(makeContent(100), "size=100&mime=video/mp4");
  expect(clip).toMatchObject({ mime: "video/webm", play_url: `${clip.url}/video.webm` });
  const video = await fetch(clip.video_url ?? "");
  expect(video.headers.get("content-type")).toBe("video/webm");
  const other = await fetch(`${clip.url}/video.mp4`, { redirect: "manual" });
  expect([other.status, other.headers.get("location")]).toEqual([302, clip.play_url]);
});

it("the wishes of the client reach the media work, the last ones of an open upload", async () => {
  const { client, asked } = await start();
  const content = makeContent(100);
  await client.plan(content, "size=100&thumbnail_time=3&preview=start");
  const query = "size=100&thumbnail_time=12.5&preview=end";
  const clip = await client.uploadAndSettle(content, query);
  expect(clip.thumbnail_time).toBe(12.5);
  const { account } = client.session;
  expect(asked).toEqual([{ account, thumbnailTime: 12.5, preview: "end" }]);
  await client.uploadAndSettle(makeContent(100), "size=100&thumbnail_time=auto&preview=auto");
  expect(asked[1]).toMatchObject({ thumbnailTime: null, preview: "auto" });
});

it.each([
  ["thumbnail_time=soon", "thumbnail_time: "],
  ["thumbnail_time=-1", "thumbnail_time: "],
  ["thumbnail_time=Infinity", "thumbnail_time: "],
  ["thumbnail_time=1s", "thumbnail_time: "],
  ["preview=middle", "preview: "],
])("%s is refused", async (parameter, beginning) => {
  const { client } = await start();
  const { status, body } = await client.plan(makeContent(100), `size=100&${parameter}`);
  expect(status).toBe(400);
  expect(body.error?.message.startsWith(beginning)).toBe(true);
});

it("a clip of the version before is read, with what that knew", async () => {
  const { service, client } = await start();
  const { id } = await client.uploadAndSettle(makeContent(100), "size=100&filename=take.mp4");
  const { store } = await openGround(service.folder);
  const key = `clips/${id}/state.json`;
  const object = await store.getObject(key);
  const state = (await new Response(object?.body).json()) as Record<string, unknown>;
  const before = {
    ...{ id, account: state.account, asset: "videoclip", checksum: state.checksum },
    ...{ status: "available", reason: null, version: state.version, upload: null, size: 100 },
    ...{ mime: "video/mp4", filename: "take.mp4", createdOn: state.createdOn },
    facts: { duration: 6, width: 320, height: 240, codec: "h264" },
    ...{ hasThumbnail: true, hasPreview: true },
  };
  await store.putObject(key, JSON.stringify(before), { ifMatch: object?.etag ?? "" });
  const clip = first(await client.call(`me/videoclips/${id}`));
  expect(clip).toMatchObject({
    ...{ status: "available", duration: 6, thumbnail_url: `${clip.url}/thumbnail.jpg` },
    ...{ plays: null, play_url: `${clip.url}/video.mp4`, notes: [], preview_webp: null },
    ...{ audio_codec: null, storyboard: null, preview_of: null, thumbnail_time: null },
  });
  const page = await (await fetch(clip.url)).text();
  expect(page).toContain("<video controls");
  expect(page).not.toContain("og:video");
});
