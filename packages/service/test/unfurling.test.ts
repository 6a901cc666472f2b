import { expect, it } from "vitest";
import type { StartOptions } from "../src/index.js";
import type { MediaResult } from "../src/media/types.js";
import { answering, readyResult } from "./fake-media.js";
import { signIn, startTestService } from "./start-test-service.js";
import { answerOf, makeContent, UploadClient } from "./upload-client.js";

const unplayable = readyResult(
  { codec: "hevc" },
  { playback: { kind: "never", reason: "Browsers do not play HEVC." } },
);

async function uploadClip(
  result: MediaResult = readyResult(),
  query = "size=100&filename=take.mp4",
  options: Partial<StartOptions> = {},
) {
  const service = await startTestService({ media: answering(result), ...options });
  const client = new UploadClient(service, await signIn(service));
  return { service, client, clip: await client.uploadAndSettle(makeContent(100), query) };
}

async function askOembed(baseUrl: string, query: Record<string, string>) {
  const response = await fetch(`${baseUrl}oembed?${new URLSearchParams(query)}`);
  return { response, body: (await response.json()) as Record<string, unknown> };
}

it("the page leads to an oEmbed answer with a player for a frame", async () => {
  const { clip } = await uploadClip();
  const page = await (await fetch(clip.url)).text();
  const link = /type="application\/json\+oembed" href="([^"]+)"/.exec(page)?.[1] ?? "";
  const response = await fetch(link.replaceAll("&amp;", "&"));
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(await response.json()).toEqual({
    ...{ type: "video", version: "1.0", title: "take.mp4", provider_name: "Clipcourier" },
    provider_url: new URL("/", clip.url).href,
    ...{ thumbnail_url: clip.thumbnail_url, thumbnail_width: 1280, thumbnail_height: 720 },
    ...{ width: 1280, height: 720 },
    html: `<iframe src="${clip.url}/embed" width="1280" height="720" title="take.mp4" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>`,
  });
});

it("oEmbed keeps to the room that a consumer has, and to the moment of a link", async () => {
  const { service, clip } = await uploadClip();
  const { body } = await askOembed(service.baseUrl, {
    ...{ url: `${clip.url}?t=1m2s`, maxwidth: "640", maxheight: "180" },
  });
  expect(body).toMatchObject({
    ...{ width: 320, height: 180, html: expect.stringContaining(`src="${clip.url}/embed?t=62"`) },
  });
  expect(body).not.toHaveProperty("thumbnail_url");
});

it("oEmbed of what does not play is a link with a picture", async () => {
  const { service, clip } = await uploadClip(unplayable);
  const { body } = await askOembed(service.baseUrl, { url: clip.url });
  expect(body).toMatchObject({ type: "link", thumbnail_url: clip.thumbnail_url });
  expect(body).not.toHaveProperty("html");
});

it.each<[string, (url: string) => Record<string, string>, number]>([
  ["without an address", () => ({}), 400],
  ["for an address of another service", () => ({ url: "https://example.com/c/abc" }), 404],
  ["for another page", (url) => ({ url: `${url}/thumbnail.jpg` }), 404],
  ["for an unknown clip", (url) => ({ url: url.replace(/[^/]+$/, "A".repeat(24)) }), 404],
  ["as XML", (url) => ({ url, format: "xml" }), 501],
  ["for a width of 0", (url) => ({ url, maxwidth: "0" }), 400],
])("oEmbed %s is refused", async (_, query, status) => {
  const { service, clip } = await uploadClip();
  const { response, body } = await askOembed(service.baseUrl, query(clip.url));
  expect([response.status, body.status]).toEqual([status, status]);
});

it("a link to what does not play has no video, but says why on its page", async () => {
  const { clip } = await uploadClip(unplayable);
  const page = await (await fetch(clip.url)).text();
  expect(page).not.toContain("og:video");
  expect(page).not.toContain("twitter:player");
  expect(page).not.toContain("<video");
  expect(page).toContain('<meta name="twitter:card" content="summary_large_image">');
  expect(page).toContain(`<meta property="og:image" content="${clip.thumbnail_url}">`);
  expect(page).toContain("Browsers do not play HEVC. It can be downloaded.");
  expect(page).toContain('<a class="button main" ');
});

it("the player may be shown in a frame by whom the operator names, the page by nobody", async () => {
  const policyOf = async (url: string) =>
    /frame-ancestors ([^;]+)/.exec(
      (await fetch(url)).headers.get("content-security-policy") ?? "",
    )?.[1];
  const { clip } = await uploadClip();
  expect(await policyOf(clip.url)).toBe("'none'");
  expect(await policyOf(`${clip.url}/embed`)).toBe("*");
  const embedFrom = ["https://wiki.example.com/", "https://*.example.org"];
  const { clip: guarded } = await uploadClip(readyResult(), "size=100", { embedFrom });
  expect(await policyOf(`${guarded.url}/embed`)).toBe(
    "https://wiki.example.com https://*.example.org",
  );
  const { clip: framed } = await uploadClip(readyResult(), "size=100", { embedFrom: [] });
  expect(await policyOf(`${framed.url}/embed`)).toBe("'none'");
});

it.each(["wiki example", "https://x.example/path", "'self'; script-src *", "javascript:alert(1)"])(
  "%s is no origin of a frame",
  async (origin) => {
    await expect(startTestService({ embedFrom: [origin] })).rejects.toThrow(
      `embedFrom: "${origin}"`,
    );
  },
);

it.each([
  ["12", 12],
  ["1m30s", 90],
  ["1h2m3s", 3723],
  ["1:30", 90],
  ["90s", 90],
  ["2.5", 2.5],
])("?t=%s begins at second %d, without script", async (text, seconds) => {
  const { clip } = await uploadClip();
  const { pathname } = new URL(clip.url);
  for (const page of [clip.url, `${clip.url}/embed`]) {
    const html = await (await fetch(`${page}?t=${text}`)).text();
    expect(html).toContain(`src="${pathname}/video.mp4#t=${seconds}"`);
  }
});

it.each(["", "x", "-5", "1m1m", `"><script>`])("?t=%s is ignored", async (text) => {
  const { clip } = await uploadClip();
  const html = await (await fetch(`${clip.url}?t=${encodeURIComponent(text)}`)).text();
  expect(html).toContain(`src="${new URL(clip.url).pathname}/video.mp4"`);
});

it("a program that prefers JSON gets the public facts, without an account", async () => {
  const { client, clip } = await uploadClip();
  for (const accept of ["application/json", "text/html;q=0.5, application/json"]) {
    const response = await fetch(clip.url, { headers: { Accept: accept } });
    expect(response.headers.get("vary")).toBe("Accept");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual(clip);
  }
  for (const accept of ["*/*", "text/html", "text/html, application/json;q=0.9", "image/png"]) {
    const response = await fetch(clip.url, { headers: { Accept: accept } });
    expect(response.headers.get("vary")).toBe("Accept");
    expect(response.headers.get("content-type")).toMatch("text/html");
  }
  await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
  const gone = await answerOf(await fetch(clip.url, { headers: { Accept: "application/json" } }));
  expect([gone.status, gone.body.error?.message]).toEqual([
    404,
    "There is no such clip, it is not available yet, or it needs a signed link.",
  ]);
});

it("three hours are 3:00:00", async () => {
  const { clip } = await uploadClip(readyResult({ duration: 10_800 }));
  expect(await (await fetch(clip.url)).text()).toContain("<dd>3:00:00</dd>");
});
