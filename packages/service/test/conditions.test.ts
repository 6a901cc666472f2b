import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Media } from "../src/index.js";
import { signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

const media: Media = {
  inspect: async () => ({
    outcome: "ready",
    facts: { duration: 1, width: 2, height: 2, codec: "h264" },
    thumbnail: Buffer.from("a JPEG"),
    preview: Buffer.from("a GIF"),
  }),
  close: async () => {},
};

async function uploadClip(query = "size=1000") {
  const service = await startTestService({ media, streamVideos: true });
  const client = new UploadClient(service, await signIn(service));
  const content = makeContent(1000);
  return { content, clip: await client.uploadAndSettle(content, query) };
}

async function ask(url: string, headers: Record<string, string>, method = "GET") {
  const response = await fetch(url, { method, headers, cache: "no-store" });
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body };
}

/** A date of HTTP, some seconds away from another. */
function shift(date: string, seconds: number): string {
  return new Date(Date.parse(date) + seconds * 1000).toUTCString();
}

describe.each(["video", "thumbnail.jpg", "preview.gif"])("/c/<id>/%s", (file) => {
  it.each<[string, (etag: string, date: string) => Record<string, string>, number]>([
    ["its ETag", (etag) => ({ "If-None-Match": etag }), 304],
    ["its ETag, weak", (etag) => ({ "If-None-Match": `W/${etag}` }), 304],
    ["its ETag among others", (etag) => ({ "If-None-Match": `"a", W/"b",${etag} , "c"` }), 304],
    ["any ETag", () => ({ "If-None-Match": "*" }), 304],
    ["another ETag", () => ({ "If-None-Match": '"a"' }), 200],
    ["its date", (_, date) => ({ "If-Modified-Since": date }), 304],
    ["a later date", (_, date) => ({ "If-Modified-Since": shift(date, 60) }), 304],
    ["an earlier date", (_, date) => ({ "If-Modified-Since": shift(date, -60) }), 200],
    ["no date", () => ({ "If-Modified-Since": "yesterday" }), 200],
    [
      "another ETag and its date",
      (_, date) => ({ "If-None-Match": '"a"', "If-Modified-Since": date }),
      200,
    ],
  ])("compared with %s", async (_, conditions, status) => {
    const { clip } = await uploadClip();
    const url = `${clip.url}/${file}`;
    const { headers } = await ask(url, {}, "HEAD");
    const condition = conditions(headers.get("etag") ?? "", headers.get("last-modified") ?? "");
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(url, condition, method);
      expect([method, answer.status]).toEqual([method, status]);
      expect(answer.headers.get("etag")).toBe(headers.get("etag"));
      expect(answer.body.length > 0).toBe(method === "GET" && status === 200);
    }
  });

  it("has the same headers for HEAD as for GET", async () => {
    const { clip } = await uploadClip();
    const url = `${clip.url}/${file}`;
    const [get, head] = await Promise.all([ask(url, {}), ask(url, {}, "HEAD")]);
    const ofFile = ({ headers }: { headers: Headers }) =>
      [...headers].filter(([name]) => !["date", "connection", "keep-alive"].includes(name));
    expect(ofFile(head)).toEqual(ofFile(get));
    expect(head.headers.get("content-length")).toBe(String(get.body.length));
    expect(head.body.length).toBe(0);
  });
});

describe("If-Range of a video", () => {
  it.each<[string, (etag: string, date: string) => string, number]>([
    ["its ETag", (etag) => etag, 206],
    ["its ETag, weak", (etag) => `W/${etag}`, 200],
    ["another ETag", () => '"a"', 200],
    ["its date", (_, date) => date, 206],
    ["a later date", (_, date) => shift(date, 60), 200],
    ["an earlier date", (_, date) => shift(date, -60), 200],
  ])("with %s", async (_, condition, status) => {
    const { clip, content } = await uploadClip();
    const url = `${clip.url}/video`;
    const { headers } = await ask(url, {}, "HEAD");
    const value = condition(headers.get("etag") ?? "", headers.get("last-modified") ?? "");
    const answer = await ask(url, { Range: "bytes=2-5", "If-Range": value });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(status === 206 ? content.subarray(2, 6) : content);
  });
});

describe("curl", () => {
  const curl = async (...args: string[]) =>
    (await promisify(execFile)("curl", ["-sS", ...args], { encoding: "buffer" })).stdout;

  it("gets the whole, a range and the end of a video, and puts parts together", async () => {
    const { clip, content } = await uploadClip();
    const url = `${clip.url}/video`;
    expect(await curl(url)).toEqual(content);
    const first = await curl("-r", "0-399", url);
    const rest = await curl("-r", "400-", url);
    expect(Buffer.concat([first, rest])).toEqual(content);
    expect(await curl("-r", "-10", url)).toEqual(content.subarray(990));
    // Several ranges at once are not offered, so the answer is the whole.
    expect(await curl("-r", "0-1,5-6", url)).toEqual(content);
    expect((await curl("-I", "-r", "0-9", url)).toString()).toMatch(
      /^HTTP\/1\.1 206 .*\r\ncontent-length: 10\r\n/is,
    );
  });
});

describe("a video of a type", () => {
  it.each([
    ["video/mp4", "video/mp4", "inline"],
    ["video/webm", "video/webm", "inline"],
    ["video/quicktime", "video/quicktime", "inline"],
    ["video/x-msvideo", "video/x-msvideo", "inline"],
    ["video/x-what-is-this", "application/octet-stream", "attachment"],
    ["video/vnd.example", "application/octet-stream", "attachment"],
  ])("%s is served as %s, %s", async (mime, type, disposition) => {
    const { clip } = await uploadClip(`size=1000&mime=${mime}&filename=a.bin`);
    expect(clip.mime).toBe(mime);
    const { headers } = await ask(`${clip.url}/video`, {}, "HEAD");
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("content-disposition")).toBe(`${disposition}; filename=a.bin`);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});
