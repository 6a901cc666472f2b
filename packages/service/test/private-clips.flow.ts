import { expect, it } from "vitest";
import { clipRoutes } from "../src/http/app.js";
import {
  addressBelow,
  allNames,
  fileNames,
  linkTo,
  pictureNames,
  startPrivate,
} from "./start-private.js";
import { openGround, signIn, signInAs, startTestService } from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

const browser = { Accept: "text/html,*/*" };
const ways: RequestInit[] = [
  {},
  { method: "HEAD" },
  { headers: { Range: "bytes=0-1" } },
  { headers: { "If-None-Match": "*" } },
  { headers: { Accept: "application/json" } },
  { headers: browser },
];

/** What an answer says, but for what is different with each request. */
async function readAnswer(url: string, init: RequestInit) {
  const response = await fetch(url, { ...init, redirect: "manual" });
  const headers = Object.fromEntries(response.headers);
  for (const name of ["date", "x-request-id"]) delete headers[name];
  return { status: response.status, headers, text: await response.text() };
}

it("these tests know every address of a clip", () => {
  const names = clipRoutes
    // A comparison is of two clips: its tests know the addresses.
    .filter((path) => !path.startsWith("/c/:id/compare/"))
    .map((path) => path.replace(/^\/c\/:file\{.*(\.\w+)\}$/, "$1"))
    .map((path) => path.replace(/^\/c\/:id\/?/, ""));
  expect(names.map((name) => name.replace(/^:file.*/, "video.mp4")).sort()).toEqual(
    // That of a photo is there for photos alone, whose tests know it.
    [...allNames.filter((name) => name !== "video.webm"), "photo"].sort(),
  );
});

it.each([
  ["no link", () => ""],
  ["half a link", (query: string) => query.replace(/&signature=.*/, "")],
  ["a signature that was changed", (query: string) => query.replace(/signature=./, "signature=*")],
  ["an empty signature", (query: string) => query.replace(/signature=.*/, "signature=")],
  ["a later end than was signed", (query: string) => query.replace(/expires=1/, "expires=2")],
  ["an end in another form", (query: string) => query.replace("expires=", "expires=0")],
])("with %s a private clip is like one that there is not", async (_, change) => {
  const { client, service } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100), "size=100&filename=take.mp4");
  const link = new URL((await linkTo(client, clip.id)).url);
  link.search = change(link.search);
  const unknown = new URL(link);
  unknown.pathname = `/c/${"A".repeat(24)}`;
  for (const name of allNames) {
    for (const init of ways) {
      const answer = await readAnswer(addressBelow(link.href, name), init);
      expect(answer).toEqual(await readAnswer(addressBelow(unknown.href, name), init));
      expect(answer).toMatchObject({ status: 404, headers: { "cache-control": "no-store" } });
      expect(answer.text).not.toContain("take");
    }
  }
  const oembed = `${service.baseUrl}oembed?url=`;
  const asked = await readAnswer(oembed + encodeURIComponent(link.href), {});
  expect(asked).toEqual(await readAnswer(oembed + encodeURIComponent(unknown.href), {}));
});

it("a link opens the page, the video and the pictures of its clip, and of no other", async () => {
  const { client } = await startPrivate();
  const content = makeContent(1000);
  const clip = await client.uploadAndSettle(content, "size=1000&filename=take.mp4");
  const other = await client.uploadAndSettle(makeContent(900));
  const link = await linkTo(client, clip.id);
  const { search } = new URL(link.url);
  for (const name of allNames) {
    const { status, headers } = await readAnswer(addressBelow(link.url, name), {});
    expect([name, status]).toEqual([name, name === "video.webm" ? 302 : 200]);
    expect(headers["cache-control"]).toBe("private, no-cache");
    const elsewhere = addressBelow(other.url + search, name);
    expect((await fetch(elsewhere, { redirect: "manual" })).status).toBe(404);
  }
  const moved = await fetch(addressBelow(link.url, "video.webm"), { redirect: "manual" });
  expect(moved.headers.get("location")).toBe(addressBelow(link.url, "video.mp4"));
  for (const url of [link.video_url, link.play_url, link.download_url]) {
    const video = await fetch(url ?? "");
    expect(Buffer.from(await video.arrayBuffer()).equals(content)).toBe(true);
    const range = await fetch(url ?? "", { headers: { Range: "bytes=10-19" } });
    expect([range.status, Buffer.from(await range.arrayBuffer())]).toEqual([
      206,
      content.subarray(10, 20),
    ]);
    const head = await fetch(url ?? "", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "1000"]);
  }
});

it("a link to a picture opens the thumbnail and the previews, and not the video", async () => {
  const { client } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100));
  const { thumbnail_url, preview_gif, preview_webp } = await linkTo(client, clip.id);
  for (const url of [thumbnail_url, preview_gif, preview_webp]) {
    expect((await fetch(url ?? "")).status).toBe(200);
    const { search } = new URL(url ?? "");
    for (const name of allNames) {
      const { status } = await readAnswer(addressBelow(clip.url + search, name), {});
      expect([name, status]).toEqual([name, pictureNames.includes(name) ? 200 : 404]);
    }
  }
});

it("a page with a link has the player, all of it signed, and nothing for link previews", async () => {
  const { client } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100), "size=100&filename=take.mp4");
  const link = await linkTo(client, clip.id, 3600);
  const response = await fetch(`${link.url}&t=5`, { headers: browser });
  const page = await response.text();
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(page).not.toMatch(/og:|twitter:|oembed/);
  expect(page).toContain("take.mp4</bdi></h1>");
  const until = `${link.expires_on?.slice(0, 16).replace("T", " ")} UTC`;
  expect(page).toContain(
    `This clip is private. Whoever has this link can watch it until ${until}.`,
  );
  const found = [...page.matchAll(/(?:src|href|poster|data-image)="([^"#]*)/g)].map(([, at]) => at);
  const own = found.filter((at) => at?.includes(`/c/${clip.id}`));
  expect(own.length).toBeGreaterThan(3);
  for (const at of own) {
    const address = new URL(at?.replaceAll("&amp;", "&") ?? "", clip.url);
    expect([address.pathname, (await fetch(address)).status]).toEqual([address.pathname, 200]);
  }
  const storyboard = await fetch(link.storyboard ?? "");
  const [, tiles = ""] = /\n(storyboard\.jpg.*)#/.exec(await storyboard.text()) ?? [];
  expect((await fetch(new URL(tiles, storyboard.url))).status).toBe(200);
});

it("a page that waits finds its clip with the link that it was opened with", async () => {
  const { client } = await startPrivate({ media: null });
  const clip = await client.upload(makeContent(100));
  const link = await linkTo(client, clip.id);
  const json = await fetch(link.url, { headers: { Accept: "application/json" } });
  expect(await json.json()).toMatchObject({ id: clip.id, private: true, url: link.url });
});

it("the account gets addresses that open nothing, and where the placeholder is", async () => {
  const { client, service } = await startPrivate();
  const content = makeContent(100);
  const clip = await client.uploadAndSettle(content);
  const placeholder = `${service.baseUrl}private.svg`;
  expect(clip).toMatchObject({
    ...{ private: true, placeholder_url: placeholder, url: `${service.baseUrl}c/${clip.id}` },
    thumbnail_url: `${service.baseUrl}c/${clip.id}/thumbnail.jpg`,
  });
  expect(JSON.stringify(clip)).not.toContain("signature");
  expect(clip).not.toHaveProperty("expires_on");
  expect(first(await client.call("me/videoclips"))).toEqual(clip);
  expect((await client.plan(content)).body.data).toEqual([clip]);
  const picture = await fetch(placeholder);
  expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
});

it("pictures that are allowed are public, and nothing else is", async () => {
  const { client } = await startPrivate({}, { private: true, privatePictures: "shown" });
  const clip = await client.uploadAndSettle(makeContent(100));
  expect(clip.private).toBe(true);
  expect(clip).not.toHaveProperty("placeholder_url");
  for (const name of fileNames) {
    const { status, headers } = await readAnswer(`${clip.url}/${name}`, {});
    const isPicture = pictureNames.includes(name);
    expect([name, status]).toEqual([name, isPicture ? 200 : 404]);
    expect(headers["cache-control"]).toBe(isPicture ? "no-cache" : "no-store");
  }
  const link = await linkTo(client, clip.id);
  expect(link.thumbnail_url).toBe(clip.thumbnail_url);
  expect((await fetch(link.url)).status).toBe(200);
});

it("an account that becomes private takes its older clips along, and one that is public again too", async () => {
  const { folder } = await startTestService();
  const app = await (await openGround(folder)).accounts.createApp();
  const start = async (isPrivate: boolean) => {
    const limitsByAccount = { [app.account]: { private: isPrivate } };
    const { service } = await startPrivate({ folder, limitsByAccount }, {});
    return new UploadClient(service, await signInAs(service, app));
  };
  const at = ({ service }: UploadClient, id: string) => `${service.baseUrl}c/${id}/video`;
  const before = await start(false);
  const { id } = await before.uploadAndSettle(makeContent(100));
  expect((await fetch(at(before, id))).status).toBe(200);
  expect(await linkTo(before, id)).not.toHaveProperty("expires_on");
  const during = await start(true);
  const { video_url: signed } = await linkTo(during, id);
  expect((await fetch(at(during, id))).status).toBe(404);
  expect((await fetch(signed ?? "")).status).toBe(200);
  const other = new UploadClient(during.service, await signIn(during.service));
  const shown = await other.uploadAndSettle(makeContent(90));
  expect((await fetch(shown.url)).status).toBe(200);
  const after = await start(false);
  const { search } = new URL(signed ?? "");
  for (const query of ["", search]) {
    const { status, headers } = await fetch(at(after, id) + query);
    expect([status, headers.get("cache-control")]).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
  }
});

it("a link ends with its clip, also where the same content is uploaded again", async () => {
  const { client } = await startPrivate();
  const content = makeContent(100);
  const before = await client.uploadAndSettle(content);
  const link = await linkTo(client, before.id);
  await client.call(`me/videoclips/${before.id}`, { method: "DELETE" });
  const again = await client.uploadAndSettle(content);
  expect(again.id).toBe(before.id);
  for (const url of [link.url, link.video_url, link.thumbnail_url]) {
    expect((await fetch(url ?? "")).status).toBe(404);
  }
  expect((await fetch((await linkTo(client, again.id)).url)).status).toBe(200);
});

it("only the account that has the clip gets a link", async () => {
  const { client, service } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100));
  const path = `me/videoclips/${clip.id}/link`;
  const other = new UploadClient(service, await signIn(service));
  expect((await other.call(path, { method: "POST" })).status).toBe(404);
  const nobody = { "X-Access-Token": "wrong" };
  expect((await client.call(path, { method: "POST", headers: nobody })).status).toBe(401);
  const unknown = `me/videoclips/${"A".repeat(24)}/link`;
  expect((await client.call(unknown, { method: "POST" })).status).toBe(404);
});

it.each(["0", "-1", "1.5", "2592001", "1e3", "soon", ""])(
  "expires_in=%s is refused",
  async (text) => {
    const { client } = await startPrivate();
    const clip = await client.uploadAndSettle(makeContent(100));
    const body = new URLSearchParams({ expires_in: text });
    const answer = await client.call(`me/videoclips/${clip.id}/link`, { method: "POST", body });
    expect([answer.status, answer.body.error?.message]).toEqual([
      400,
      "expires_in: not a whole number of seconds from 1 to 2592000.",
    ]);
  },
);

it("no signature of a link is in the log or in an answer that refuses", async () => {
  const { client, service } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100));
  const link = new URL((await linkTo(client, clip.id)).url);
  const signature = link.searchParams.get("signature") ?? "";
  const refused: string[] = [];
  for (const name of [...allNames, "nothing-here"]) {
    const url = addressBelow(link.href, name);
    await (await fetch(url)).text();
    for (const [init, query] of [
      [{ method: "POST" }, link.search],
      [{ headers: { "If-Match": '"other"' } }, link.search],
      [{}, link.search.replace("expires=1", "expires=2")],
    ] as const) {
      const answer = await fetch(url.replace(link.search, query), init);
      const text = await answer.text();
      if (answer.status >= 400) refused.push(text);
    }
  }
  expect(signature).toMatch(/^[\w-]{43}$/);
  expect(service.log.join("")).toContain(`/c/${clip.id}/video`);
  expect(service.log.join("")).not.toContain(signature);
  expect(refused.length).toBeGreaterThan(2 * allNames.length);
  expect(refused.join("")).not.toContain(signature);
});
