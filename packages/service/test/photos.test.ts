import type { WireClip } from "@clipcourier/core/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  makeAvif,
  makePhoto,
  makePng,
  withOrientation,
} from "../../../test/fixtures/make-photo.ts";
import { readPicture } from "../../../test/fixtures/read-picture.ts";
import { createMedia } from "../dist/index.js";
import { readOrientation } from "../src/media/orientation.js";
import { toDisplayMatrix } from "../src/media/photo/photo-header.js";
import { unhurried } from "./inspect-pictures.js";
import { signIn, startSharedService, type TestService } from "./start-test-service.js";
import { first, UploadClient } from "./upload-client.js";

const media = createMedia(unhurried);
let service: TestService;
let client: UploadClient;
/** A PNG that several tests look at: each photo that is uploaded takes a process of its own. */
let pngContent: Buffer;
let png: Awaited<ReturnType<typeof upload>>;

beforeAll(async () => {
  service = await startSharedService({ media });
  client = new UploadClient(service, await signIn(service), "photo");
  // Programs that join a page to a picture hide it behind its end.
  pngContent = Buffer.concat([await makePhoto("png"), Buffer.from("<script>alert(1)</script>")]);
  png = await upload(pngContent, "image/png", "shot.png");
});

afterAll(() => media.close());

function upload(content: Buffer, mime: string, filename = "shot") {
  const query = new URLSearchParams({ size: String(content.length), mime, filename });
  return client.uploadAndSettle(content, query.toString());
}

it.each([
  ["webp", "image/webp", false],
  ["moving.apng", "image/png", true],
  ["moving.webp", "image/webp", true],
  ["moving.gif", "image/gif", true],
] as const)("%s becomes a photo with facts and a thumbnail", async (kind, mime, animated) => {
  const moving = await makePhoto(kind);
  await expectPhoto(await upload(moving, mime), { mime, animated, size: moving.length });
});

it("a PNG becomes a photo with facts and a thumbnail", () =>
  expectPhoto(png, { mime: "image/png", animated: false, size: pngContent.length }));

type PhotoFacts = Pick<WireClip, "mime" | "size" | "animated">;

async function expectPhoto(photo: WireClip, facts: PhotoFacts): Promise<void> {
  expect(photo).toMatchObject({
    ...{ status: "available", asset: "photo", width: 64, height: 48, notes: [], ...facts },
    ...{ photo_url: `${photo.url}/photo`, video_url: null, play_url: null, plays: null },
    ...{ duration: null, codec: null, preview_gif: null },
  });
  const thumbnail = await readPicture(await (await fetch(photo.thumbnail_url ?? "")).bytes());
  const left = thumbnail.colorAt(8, 24);
  expect([thumbnail.width, thumbnail.height, left.red > 150, left.blue < 100]).toEqual([
    ...[64, 48, true, true],
  ]);
}

it("an AVIF becomes a photo with facts and a thumbnail", async () => {
  const clip = await upload(makeAvif(), "image/avif");
  expect(clip).toMatchObject({ width: 64, height: 48, animated: false, notes: [] });
  expect(clip.thumbnail_url).toBe(`${clip.url}/thumbnail.jpg`);
});

it("a photo is served byte for byte, as what it is, and nothing in it can run", async () => {
  const answer = await fetch(png.photo_url ?? "");
  expect(Buffer.from(await answer.bytes())).toEqual(pngContent);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline; filename=shot.png",
  });
  const saved = await fetch(png.download_url ?? "");
  expect(saved.headers.get("content-disposition")).toBe("attachment; filename=shot.png");
  for (const name of ["video", "video.png", "video.mp4", "preview.gif"]) {
    expect([name, (await fetch(`${png.url}/${name}`)).status]).toEqual([name, 404]);
  }
});

it("a photo has no chapters", async () => {
  const set = (chapters: object[]) => {
    const body = new URLSearchParams({ chapters: JSON.stringify(chapters) });
    return client.call(`me/videoclips/${png.id}/chapters`, { method: "POST", body });
  };
  const refused = await set([{ start: 0, title: "Sign in" }]);
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused)).toContain("chapters: a photo has none.");
  expect((await set([])).status).toBe(200);
});

it("a JPEG is as wide and high as it is shown, and its thumbnail is turned", async () => {
  const photo = await upload(withOrientation(await makePhoto("jpg"), 6), "image/jpeg");
  expect(photo).toMatchObject({
    ...{ status: "available", mime: "image/jpeg", width: 48, height: 64 },
    ...{ animated: false, notes: [] },
  });
  const thumbnail = await readPicture(await (await fetch(photo.thumbnail_url ?? "")).bytes());
  expect([thumbnail.width, thumbnail.height]).toEqual([48, 64]);
  const [top, bottom] = [thumbnail.colorAt(24, 8), thumbnail.colorAt(24, 56)];
  expect([top.red > top.blue + 100, bottom.blue > bottom.red + 100]).toEqual([true, true]);
});

it.each([
  [1, "null"],
  [2, "hflip"],
  [3, "hflip,vflip"],
  [4, "vflip"],
  [5, "transpose=cclock_flip"],
  [6, "transpose=clock"],
  [7, "transpose=clock_flip"],
  [8, "transpose=cclock"],
  [9, "null"],
])("what EXIF calls the orientation %i is undone by %s", (orientation, filter) => {
  expect(readOrientation(toDisplayMatrix(orientation)).filter).toBe(filter);
});

it.each([
  [
    "a page",
    "<!doctype html><script>alert(1)</script>",
    "image/png",
    "PNG, JPEG, WebP, AVIF and GIF",
  ],
  [
    "SVG",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "image/gif",
    "PNG, JPEG, WebP, AVIF and GIF",
  ],
  ["another picture", "GIF89a", "image/png", "is image/gif, but was announced as image/png"],
])("%s that is announced as a picture fails", async (_, text, mime, reason) => {
  const clip = await upload(Buffer.from(text), mime);
  expect(clip).toMatchObject({ status: "failed", photo_url: null, thumbnail_url: null });
  expect(clip.reason).toContain(reason);
  expect((await fetch(`${clip.url}/photo`)).status).toBe(404);
});

it.each([
  ["pixels without end", makePng(50_000, 50_000), "50000 × 50000 pixels"],
  ["no header", makePng(8, 8).subarray(0, 20), "does not say how large it is"],
])("a picture with %s fails", async (_, content, reason) => {
  const clip = await upload(content, "image/png");
  expect(clip.status).toBe("failed");
  expect(clip.reason).toContain(reason);
});

it("a picture that takes more than the limits to look at fails", async () => {
  const hurried = createMedia({ timeLimit: 1 });
  const options = { account: "acc", type: "image/png" };
  expect(await hurried.inspectPhoto?.("/dev/null", options)).toEqual({
    outcome: "not-media",
    reason: expect.stringContaining("took longer than 0.001 s. Upload a smaller version."),
  });
  await hurried.close();
});

it.each(["image/svg+xml", "text/html", "video/mp4", "image/tiff", "image/png; x=y"])(
  "the type %s is refused before anything is sent",
  async (mime) => {
    const query = new URLSearchParams({ size: "10", mime }).toString();
    const { status, body } = await client.plan(Buffer.from("0123456789"), query);
    expect(status).toBe(400);
    expect(body.error?.message).toBe(
      "mime: not the type of a photo, which is image/png, image/jpeg, image/webp, image/avif, or image/gif.",
    );
  },
);

it("music is refused, and so is a picture as a video, with what to do", async () => {
  const music = new UploadClient(service, client.session, "music");
  const content = Buffer.from("0123456789");
  expect((await music.plan(content)).body.error?.message).toBe(
    'asset: "music" is not supported, only videoclip and photo are.',
  );
  const video = new UploadClient(service, client.session);
  const refused = await video.plan(content, "size=10&mime=image/png");
  expect([refused.status, refused.body.error?.message]).toEqual([
    400,
    "mime: not a video type, such as video/mp4. A picture is uploaded as the asset photo.",
  ]);
});

it("content that is known as a photo costs no upload, and is listed among the clips", async () => {
  const content = await makePhoto("gif");
  const { id, animated } = await upload(content, "image/gif", "known.gif");
  expect(animated).toBe(false);
  const query = `size=${content.length}&mime=image/gif`;
  const again = await client.plan(content, query);
  expect(again.body).toMatchObject({ _upload: false, data: [{ id, asset: "photo" }] });
  const found = first(await client.call("me/videoclips?name=known.gif"));
  expect(found).toMatchObject({ id, asset: "photo" });
  expect((await client.call(`me/videoclips/${id}`, { method: "DELETE" })).status).toBe(200);
  expect((await fetch(found.photo_url ?? "")).status).toBe(404);
});
