import { describe, expect, it } from "vitest";
import type { StartOptions } from "../src/index.js";
import { answering, endlessMedia, readyResult } from "./fake-media.js";
import { signIn, startTestService } from "./start-test-service.js";
import { answerOf, makeContent, UploadClient } from "./upload-client.js";

async function start(options: Partial<StartOptions> = {}) {
  // On a bucket, too, the service sends the bytes: what an engine answers is its own matter.
  const service = await startTestService({
    ...{ media: answering(readyResult()), streamVideos: true },
    ...options,
  });
  return { service, client: new UploadClient(service, await signIn(service)) };
}

async function textOf(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { response, text: await response.text() };
}

describe("the video", () => {
  it("is complete, has its type, and may be cached for ever", async () => {
    const { client } = await start();
    const content = makeContent(100_000);
    const clip = await client.uploadAndSettle(
      content,
      "size=100000&mime=video/webm&filename=%C3%BC%22%25'.webm",
    );
    const response = await fetch(clip.video_url ?? "");
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": "100000",
      "content-type": "video/webm",
      "content-disposition": `inline; filename="?\\"%'.webm"; filename*=UTF-8''%C3%BC%22%25%27.webm`,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      "last-modified": new Date(clip.created_on ?? "").toUTCString(),
      "x-content-type-options": "nosniff",
    });
    const etag = response.headers.get("etag") ?? "";
    const known = await fetch(clip.video_url ?? "", { headers: { "If-None-Match": etag } });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    const head = await fetch(clip.video_url ?? "", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "100000"]);
  });

  it.each([
    ["bytes=0-9", 0, 9],
    ["bytes=990-", 990, 999],
    ["bytes=-10", 990, 999],
    ["bytes=-5000", 0, 999],
    ["bytes=500-5000", 500, 999],
    ["bytes=999-999", 999, 999],
    ["Bytes=0-9", 0, 9],
    ["BYTES=-10", 990, 999],
  ])("answers %s with that range", async (range, first, last) => {
    const { client } = await start();
    const content = makeContent(1000);
    const clip = await client.uploadAndSettle(content);
    const response = await fetch(clip.video_url ?? "", { headers: { Range: range } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/1000`);
    expect(response.headers.get("content-length")).toBe(String(last - first + 1));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content.subarray(first, last + 1));
  });

  it.each(["bytes=0-1,5-6", "bytes=9-5", "bytes=-", "bytes=x-y", "lines=1-2"])(
    "answers %s with the whole",
    async (range) => {
      const { client } = await start();
      const content = makeContent(1000);
      const clip = await client.uploadAndSettle(content);
      const response = await fetch(clip.video_url ?? "", { headers: { Range: range } });
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    },
  );

  it("answers a range outside of the video with 416", async () => {
    const { client } = await start();
    const clip = await client.uploadAndSettle(makeContent(1000));
    for (const range of ["bytes=1000-", "bytes=-0", "bytes=5000-6000"]) {
      const answer = await answerOf(
        await fetch(clip.video_url ?? "", { headers: { Range: range } }),
      );
      expect([answer.status, answer.headers.get("content-range")]).toEqual([416, "bytes */1000"]);
      expect(answer.body).toEqual({ error: { message: expect.any(String) }, status: 416 });
    }
  });

  it("answers If-Range with the range only for the same content", async () => {
    const { client } = await start();
    const clip = await client.uploadAndSettle(makeContent(1000));
    const { headers } = await fetch(clip.video_url ?? "", { method: "HEAD" });
    for (const [condition, status] of [
      [headers.get("etag") ?? "", 206],
      ['"other"', 200],
    ] as const) {
      const response = await fetch(clip.video_url ?? "", {
        headers: { Range: "bytes=0-1", "If-Range": condition },
      });
      expect([condition, response.status]).toEqual([condition, status]);
      await response.arrayBuffer();
    }
  });
});

describe("a player that seeks", () => {
  it("goes away in the middle of an answer, which is no failure", async () => {
    const { client, service } = await start();
    const content = makeContent(12 * 1024 * 1024);
    const clip = await client.uploadAndSettle(content);
    for (let times = 0; times < 10; times += 1) {
      const stop = new AbortController();
      const { body } = await fetch(clip.video_url ?? "", { signal: stop.signal });
      await body?.getReader().read();
      stop.abort();
    }
    const whole = await fetch(clip.video_url ?? "");
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    expect(service.log.join("")).not.toContain("broke off");
  });
});

describe("the pictures", () => {
  it("are a JPEG and a GIF at addresses that do not expire", async () => {
    const { client } = await start();
    const clip = await client.uploadAndSettle(makeContent(10));
    expect(clip).toMatchObject({
      thumbnail_url: `${clip.url}/thumbnail.jpg`,
      preview_gif: `${clip.url}/preview.gif`,
      ...{ duration: 61.4, width: 1280, height: 720, codec: "h264" },
    });
    for (const [url, type, content] of [
      [clip.thumbnail_url, "image/jpeg", "a JPEG"],
      [clip.preview_gif, "image/gif", "a GIF"],
    ]) {
      const { response, text } = await textOf(url ?? "");
      expect([response.status, response.headers.get("content-type"), text]).toEqual([
        200,
        type,
        content,
      ]);
      expect(response.headers.get("content-length")).toBe(String(content?.length));
    }
  });

  it("are null and 404 where there are none", async () => {
    const { client, service } = await start({
      media: answering({ outcome: "unavailable", reason: "no decoder here" }),
    });
    const clip = await client.uploadAndSettle(makeContent(10));
    expect(clip).toMatchObject({ status: "available", thumbnail_url: null, preview_gif: null });
    expect((await fetch(`${clip.url}/thumbnail.jpg`)).status).toBe(404);
    expect((await fetch(`${clip.url}/preview.gif`)).status).toBe(404);
    expect(service.log.join("")).toContain("no decoder here");
  });
});

describe("a file that is no media", () => {
  it("becomes a failed clip with the reason, and its bytes are deleted", async () => {
    const { client } = await start({
      media: answering({ outcome: "not-media", reason: "This is a text file." }),
    });
    const clip = await client.uploadAndSettle(makeContent(10));
    expect(clip).toMatchObject({ status: "failed", reason: "This is a text file." });
    expect((await fetch(`${clip.url}/video`)).status).toBe(404);
  });
});

describe("the watch page", () => {
  it("has a player, the facts and the tags for link previews", async () => {
    const { client } = await start();
    const clip = await client.uploadAndSettle(makeContent(2048), "size=2048&filename=take.mp4");
    const { response, text } = await textOf(clip.url);
    expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    const { pathname } = new URL(clip.url);
    for (const piece of [
      `<video controls playsinline preload="metadata" width="1280" height="720" poster="${pathname}/thumbnail.jpg" src="${pathname}/video.mp4" aria-label="take.mp4">`,
      `<a class="button" href="${pathname}/download" download>Download</a>`,
      `<input id="link" readonly value="${clip.url}">`,
      `&lt;iframe src=&quot;${clip.url}/embed&quot; width=&quot;1280&quot; height=&quot;720&quot; title=&quot;take.mp4&quot;`,
      "<title>take.mp4</title>",
      `<meta property="og:title" content="take.mp4">`,
      `<meta property="og:url" content="${clip.url}">`,
      `<meta property="og:image" content="${clip.thumbnail_url}">`,
      '<meta property="og:site_name" content="Clipcourier">',
      '<meta property="og:description" content="A video: 1:01, 1280 × 720.">',
      '<meta property="og:image:width" content="1280">',
      '<meta property="og:image:height" content="720">',
      '<meta property="og:image:alt" content="A picture of take.mp4">',
      `<meta property="og:video" content="${clip.play_url}">`,
      '<meta property="og:video:type" content="video/mp4">',
      `<meta property="og:video:width" content="1280">`,
      `<meta name="twitter:card" content="player">`,
      `<meta name="twitter:player" content="${clip.url}/embed">`,
      `<meta name="twitter:player:stream" content="${clip.play_url}">`,
      "<dd>1:01</dd>",
      "<dd>1280 × 720</dd>",
      "<dd>2.0 KiB</dd>",
    ]) {
      expect(text).toContain(piece);
    }
    // The script is the same for every clip, so that its hash can be named.
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toMatch(/ on[a-z]+=| style=|javascript:/);
    expect(await (await fetch(`${clip.url}/`)).text()).toBe(text);
  });

  it("escapes a hostile file name", async () => {
    const { client } = await start();
    const name = `"><script>alert(1)</script><b a='&.mp4`;
    const clip = await client.uploadAndSettle(
      makeContent(9),
      `size=9&filename=${encodeURIComponent(name)}`,
    );
    expect(clip.filename).toBe(name);
    const { text } = await textOf(clip.url);
    for (const page of [text, (await textOf(`${clip.url}/embed`)).text]) {
      expect(page.match(/<script/g)).toHaveLength(1);
      expect(page).not.toContain("<b ");
    }
    expect(text).toContain(
      "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;b a=&#39;&amp;.mp4</bdi></h1>",
    );
  });

  it("shows where a file name turns the direction of writing", async () => {
    const { client } = await start();
    const query = `size=9&filename=${encodeURIComponent("take\u202E4pm.exe")}`;
    const { text } = await textOf((await client.uploadAndSettle(makeContent(9), query)).url);
    expect(text).not.toContain("\u202E");
    expect(text).toContain("<title>take\u{fffd}4pm.exe</title>");
  });

  it("says that a clip is pending, and reloads itself", async () => {
    const { client } = await start({ media: endlessMedia });
    const clip = await client.upload(makeContent(10));
    const { response, text } = await textOf(clip.url);
    expect(response.status).toBe(200);
    expect(text).toContain('<noscript><meta http-equiv="refresh" content="3"></noscript>');
    expect(text).toContain("The video is being checked.");
    expect(text).not.toContain("<video");
    expect((await fetch(`${clip.url}/video`)).status).toBe(404);
  });

  it("says why a clip has failed", async () => {
    const { client } = await start({
      media: answering({ outcome: "not-media", reason: "It is a <b>text</b> file." }),
    });
    const { url } = await client.uploadAndSettle(makeContent(10));
    const { text } = await textOf(url);
    expect(text).toContain("This upload has failed: It is a &lt;b&gt;text&lt;/b&gt; file.");
    expect(text).not.toContain("<video");
    expect(text).not.toContain("http-equiv");
  });

  it("of an unknown clip is a page for a browser and the documented error for a program", async () => {
    const { service } = await start();
    const url = `${service.baseUrl}c/AAAAAAAAAAAAAAAAAAAAAAAA`;
    const browser = await textOf(url, { Accept: "text/html,*/*" });
    expect([browser.response.status, browser.text]).toEqual([
      404,
      expect.stringContaining("There is no such clip."),
    ]);
    const { status, body } = await answerOf(await fetch(url));
    expect([status, body]).toEqual([404, { error: { message: expect.any(String) }, status: 404 }]);
  });
});

describe("the service itself", () => {
  it("says what it is, and that it runs", async () => {
    const { service } = await start();
    expect((await textOf(service.baseUrl)).text).toContain("/v2.7/");
    expect((await textOf(`${service.baseUrl}healthz`)).text).toBe("ok\n");
  });
});
