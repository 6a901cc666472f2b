import { beforeAll, expect, it } from "vitest";
import { makePng } from "../../../test/fixtures/make-photo.ts";
import type { MediaResult } from "../src/media/types.js";
import { answering, readyResult } from "./fake-media.js";
import { addressBelow, linkTo, startPrivate } from "./start-private.js";
import { signIn, startSharedService, type TestService } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

const facts = { duration: null, codec: null, audioCodec: null, isAnimated: false };
const none = { gif: null, webp: null, storyboard: null, previewOf: null };
const ready = readyResult({ ...facts, width: 3000, height: 2000 }, none);
const unseen: MediaResult = { outcome: "unavailable", reason: "this service has no FFmpeg" };
const title = `"a" <shot>.png`;

let result: MediaResult;
let service: TestService;
let client: UploadClient;

beforeAll(async () => {
  const media = { ...answering(ready), inspectPhoto: async () => result };
  service = await startSharedService({ media });
  client = new UploadClient(service, await signIn(service), "photo");
});

let width = 0;
async function upload(made: MediaResult = ready) {
  result = made;
  width += 1;
  const content = makePng(width, 8);
  const query = { size: String(content.length), mime: "image/png", filename: title };
  return client.uploadAndSettle(content, new URLSearchParams(query).toString());
}

async function read(url: string) {
  return (await fetch(url)).text();
}

it("the page shows the picture, named by its title, and has no player", async () => {
  const clip = await upload();
  const page = await read(clip.url);
  const path = `/c/${clip.id}/photo`;
  expect(page).toContain(
    `<a href="${path}"><img src="${path}" width="3000" height="2000" alt="&quot;a&quot; &lt;shot&gt;.png"></a>`,
  );
  expect(page).toContain(`href="/c/${clip.id}/download" download`);
  expect(page).toContain("<dt>Type</dt><dd>image/png</dd>");
  expect(page).not.toMatch(/<video|og:video|twitter:player|class="timeline"|id="moment"/);
});

it("a link to it unfolds to the picture", async () => {
  const clip = await upload();
  const page = await read(clip.url);
  for (const [name, value] of [
    ["og:type", "website"],
    ["og:description", "A picture: 3000 × 2000."],
    ["og:image", clip.thumbnail_url],
    ["og:image:width", 1280],
    ["og:image:alt", "&quot;a&quot; &lt;shot&gt;.png"],
  ]) {
    expect(page).toContain(`<meta property="${name}" content="${value}">`);
  }
  expect(page).toContain('<meta name="twitter:card" content="summary_large_image">');
});

it("where there is no thumbnail, the picture itself is shown, and the page says why", async () => {
  const clip = await upload(unseen);
  expect(clip).toMatchObject({ status: "available", thumbnail_url: null, width: null });
  const page = await read(clip.url);
  expect(page).toContain(`<meta property="og:image" content="${clip.photo_url}">`);
  expect(page).toContain("this service has no FFmpeg");
});

it.each([
  [{}, { type: "photo", width: 3000, height: 2000 }, "photo"],
  [{ maxwidth: "1500" }, { type: "photo", width: 1280, height: 852 }, "thumbnail.jpg"],
  [{ maxwidth: "100" }, { type: "link" }, undefined],
])("oEmbed with %j is what has room", async (room, expected, name) => {
  const clip = await upload();
  const query = new URLSearchParams({ url: clip.url, ...room });
  const body = JSON.parse(await read(`${service.baseUrl}oembed?${query}`));
  expect(body).toMatchObject({ ...expected, title });
  expect(body.url).toBe(name && `${clip.url}/${name}`);
});

it("programs that read are told what it is, and where", async () => {
  const clip = await upload();
  const text = await read(`${clip.url}.md`);
  expect(text).toContain("- Type: image/png\n");
  expect(text).toContain(`- Picture: <${clip.photo_url}>\n`);
  expect(text).not.toMatch(/Video|Storyboard|Codecs/);
  expect(JSON.parse(await read(`${clip.url}.json`))).toMatchObject({
    ...{ asset: "photo", photo_url: clip.photo_url, animated: false },
  });
});

it("a private photo is seen with a link, and by nobody without one", async () => {
  const media = answering(ready);
  const { service: guarded, client: owner } = await startPrivate({ media });
  const photos = new UploadClient(guarded, owner.session, "photo");
  const content = makePng(9, 9);
  const { id, url } = await photos.uploadAndSettle(
    content,
    `size=${content.length}&mime=image/png`,
  );
  const names = ["photo", "download", "thumbnail.jpg", "", "embed", ".md", ".json"];
  for (const name of names) {
    expect([name, (await fetch(addressBelow(url, name))).status]).toEqual([name, 404]);
  }
  const link = await linkTo(photos, id);
  for (const name of names) {
    if (name === "thumbnail.jpg") continue;
    expect([name, (await fetch(addressBelow(link.url, name))).status]).toEqual([name, 200]);
  }
  const answer = await fetch(link.photo_url ?? "");
  expect(answer.headers.get("cache-control")).toBe("private, no-cache");
  const page = await read(link.url);
  expect(page).toContain("Whoever has this link can see it until");
  expect(page).not.toContain("og:image");
});
