import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { answering, readyResult } from "./fake-media.js";
import {
  type Session,
  signIn,
  startSharedService,
  type TestService,
} from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

const media = answering(readyResult());

let service: TestService;
let session: Session;

beforeAll(async () => {
  service = await startSharedService({ media, streamVideos: true });
  session = await signIn(service);
});

const content = makeContent(1000);

const clips = new Map<string, ReturnType<UploadClient["uploadAndSettle"]>>();

/** The clip of this content, or of another one that has this media type. */
function uploadClip(mime?: string) {
  const other = mime === undefined ? content : Buffer.concat([content, Buffer.from(mime)]);
  const type = mime === undefined ? "" : `&mime=${mime}&filename=a.bin`;
  const client = new UploadClient(service, session);
  const clip = clips.get(type) ?? client.uploadAndSettle(other, `size=${other.length}${type}`);
  clips.set(type, clip);
  return clip;
}

async function ask(url: string, headers: Record<string, string>, method = "GET") {
  const response = await fetch(url, { method, headers, cache: "no-store" });
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body };
}

const asctime = "Tue Jan  1 00:00:00 2999";

/** A date of HTTP, some seconds away from another. */
function shift(date: string, seconds: number): string {
  return new Date(Date.parse(date) + seconds * 1000).toUTCString();
}

describe.each([
  ...["video", "video.mp4", "download", "thumbnail.jpg", "preview.gif", "preview.webp"],
  ...["storyboard.jpg", "storyboard.vtt"],
])("/c/<id>/%s", (file) => {
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
    ["a date that is not HTTP's", () => ({ "If-Modified-Since": "2999-01-01" }), 200],
    ["a date as asctime() writes it", () => ({ "If-Modified-Since": asctime }), 304],
    ["an ETag with a comma", (etag) => ({ "If-None-Match": `"a,${etag.slice(1)}` }), 200],
    ["its ETag, that has to match", (etag) => ({ "If-Match": `"a", ${etag}` }), 200],
    ["any ETag, that has to match", () => ({ "If-Match": "*" }), 200],
    ["another ETag, that has to match", () => ({ "If-Match": '"a"' }), 412],
    ["a weak ETag, that has to match", (etag) => ({ "If-Match": `W/${etag}` }), 412],
    ["its date, not later", (_, date) => ({ "If-Unmodified-Since": date }), 200],
    ["an earlier date, not later", (_, date) => ({ "If-Unmodified-Since": shift(date, -60) }), 412],
    [
      "its ETag, that has to match and to differ",
      (etag) => ({ "If-Match": etag, "If-None-Match": etag }),
      304,
    ],
    [
      "another ETag and its date",
      (_, date) => ({ "If-None-Match": '"a"', "If-Modified-Since": date }),
      200,
    ],
  ])("compared with %s", async (_, conditions, status) => {
    const clip = await uploadClip();
    const url = `${clip.url}/${file}`;
    const { headers } = await ask(url, {}, "HEAD");
    const condition = conditions(headers.get("etag") ?? "", headers.get("last-modified") ?? "");
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(url, condition, method);
      expect([method, answer.status]).toEqual([method, status]);
      if (status !== 412) expect(answer.headers.get("etag")).toBe(headers.get("etag"));
      expect(answer.body.length > 0).toBe(method === "GET" && status !== 304);
    }
  });

  it("has the same headers for HEAD as for GET", async () => {
    const clip = await uploadClip();
    const url = `${clip.url}/${file}`;
    const [get, head] = await Promise.all([ask(url, {}), ask(url, {}, "HEAD")]);
    const ofAnswer = ["date", "connection", "keep-alive", "x-request-id"];
    const ofFile = ({ headers }: { headers: Headers }) =>
      [...headers].filter(([name]) => !ofAnswer.includes(name));
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
    ["no date of HTTP", (_, date) => new Date(date).toISOString(), 200],
    ["its ETag among others", (etag) => `${etag}, "a"`, 200],
  ])("with %s", async (_, condition, status) => {
    const clip = await uploadClip();
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
    const clip = await uploadClip();
    const url = `${clip.url}/video`;
    expect(await curl(url)).toEqual(content);
    const first = await curl("-r", "0-399", url);
    const rest = await curl("-r", "400-", url);
    expect(Buffer.concat([first, rest])).toEqual(content);
    expect(await curl("-r", "-10", url)).toEqual(content.subarray(990));
    // Several ranges at once are not offered, so the answer is the whole.
    expect(await curl("-r", "0-1,5-6", url)).toEqual(content);
    // A range counts for GET alone.
    expect((await curl("-I", "-r", "0-9", url)).toString()).toMatch(
      /^HTTP\/1\.1 200 .*\r\ncontent-length: 1000\r\n/is,
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
    const clip = await uploadClip(mime);
    expect(clip.mime).toBe(mime);
    const { headers } = await ask(`${clip.url}/video`, {}, "HEAD");
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("content-disposition")).toBe(`${disposition}; filename=a.bin`);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});
