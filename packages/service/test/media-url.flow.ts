import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { createMedia, type Media } from "../dist/index.js";
import { anyone, unhurried } from "./inspect-pictures.js";

const mebibyte = 1024 * 1024;
const signature = "X-Amz-Signature=0123abc";

let folder: string;
let media: Media;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-media-url-"));
  media = createMedia(unhurried);
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

/** Serves ranges of the content. `answer` may change the status of a request, by its number. */
async function serve(content: Buffer, answer: (request: number) => number = () => 206) {
  const ranges: [start: number, end: number][] = [];
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const status = answer(ranges.length);
    ranges.push([Number(start), Number(end)]);
    const part = status === 206 ? content.subarray(Number(start), Number(end) + 1) : undefined;
    response.writeHead(status).end(part);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const bytesRead = () => ranges.reduce((sum, [start, end]) => sum + end - start + 1, 0);
  const source = { url: `http://127.0.0.1:${port}/video?${signature}`, size: content.length };
  return { source, ranges, bytesRead };
}

async function readVideo(container: "mp4" | "webm", minBytes: number): Promise<Buffer> {
  const path = join(folder, `video-${minBytes}.${container}`);
  const picture = { seconds: 2, width: 320, height: 240, rate: 25 };
  await makeVideo({ path, container, minBytes, ...picture });
  return readFile(path);
}

/** Moves the index of an MP4 behind a large box, as cameras and browsers write it. */
function withPadding(video: Buffer, bytes: number): Buffer {
  const box = Buffer.alloc(bytes);
  box.writeUInt32BE(bytes);
  box.write("free", 4);
  const moov = video.lastIndexOf("moov") - 4;
  return Buffer.concat([video.subarray(0, moov), box, video.subarray(moov)]);
}

describe("a video behind a URL", () => {
  test("the same facts and pictures as of the file", async () => {
    const content = await readVideo("webm", 0);
    const { source } = await serve(content);
    const result = await media.inspect(source, anyone);
    expect(result).toEqual(await media.inspect(join(folder, "video-0.webm"), anyone));
    expect(result).toMatchObject({ outcome: "ready", facts: { width: 320, codec: "vp9" } });
  });

  test("an MP4 with its index at the end: a few ranges, not the whole of it", async () => {
    const video = await readVideo("mp4", 0);
    expect(video.lastIndexOf("moov")).toBeGreaterThan(video.indexOf("mdat"));
    const { source, ranges, bytesRead } = await serve(withPadding(video, 40 * mebibyte));
    const result = await media.inspect(source, anyone);
    const pictures = { thumbnail: expect.anything(), gif: expect.anything() };
    expect(result).toMatchObject({ outcome: "ready", facts: { codec: "h264" }, pictures });
    expect(bytesRead()).toBeLessThanOrEqual(4 * mebibyte);
    expect(ranges.length).toBeLessThanOrEqual(4);
  });

  test("a broken file is no video, as it is on disk", async () => {
    const whole = await readVideo("mp4", 0);
    const { source } = await serve(whole.subarray(0, whole.lastIndexOf("moov") - 4));
    const result = await media.inspect(source, anyone);
    expect(result).toMatchObject({
      outcome: "not-media",
      reason: expect.stringMatching(/cut off/),
    });
    const { source: text } = await serve(Buffer.from("Rendered in twelve minutes.\n"));
    expect(await media.inspect(text, anyone)).toMatchObject({ outcome: "not-media" });
    const { source: empty } = await serve(Buffer.alloc(0));
    expect(await media.inspect(empty, anyone)).toEqual({
      ...{ outcome: "not-media", reason: "the file is empty" },
    });
  });

  test.each([
    ["refused", 403, "the store answered 403 when the video was read"],
    ["moved elsewhere", 302, "the store could not be reached"],
    ["failing", 503, "the store answered 503 when the video was read"],
    ["without ranges", 200, "the store answered 200 when the video was read"],
  ])("a URL that is %s: unavailable, without the signature", async (_, status, reason) => {
    const { source } = await serve(await readVideo("mp4", 3 * mebibyte), () => status);
    expect(await media.inspect(source, anyone)).toEqual({ outcome: "unavailable", reason });
  });

  test("a store that is gone in the middle: unavailable, and not a shorter video", async () => {
    const content = await readVideo("mp4", 0);
    const padded = withPadding(content, 3 * mebibyte);
    const { source, ranges } = await serve(padded, (request) => (request === 0 ? 206 : 403));
    const result = await media.inspect(source, anyone);
    expect(result).toMatchObject({ outcome: "unavailable" });
    expect(JSON.stringify(result)).not.toContain("0123abc");
    expect(ranges.length).toBeGreaterThan(1);
  });

  test("one failure of the store is asked again", async () => {
    const { source } = await serve(await readVideo("webm", 0), (request) =>
      request === 0 ? 503 : 206,
    );
    expect(await media.inspect(source, anyone)).toMatchObject({ outcome: "ready" });
  });

  test("nobody listens: unavailable", async () => {
    const url = `http://127.0.0.1:9/video?${signature}`;
    const result = await media.inspect({ url, size: 1000 }, anyone);
    expect(result).toMatchObject({ outcome: "unavailable" });
    expect(JSON.stringify(result)).not.toContain("0123abc");
  });
});

describe("two videos of which one is behind a URL that cannot be read", () => {
  test.each([
    ["from the beginning", 0],
    ["in the middle", 1],
  ])("%s: not compared now, and told of which, without the signature", async (_, good) => {
    const content = withPadding(await readVideo("mp4", 0), 3 * mebibyte);
    const whole = join(folder, "video-0.mp4");
    const { source } = await serve(content, (request) => (request < good ? 206 : 403));
    expect(await media.compare?.(whole, source, anyone)).toEqual({
      outcome: "unavailable",
      reason: "Of the new file, the store answered 403 when the video was read.",
    });
  });

  test("a file that is gone: without its path", async () => {
    await readVideo("mp4", 0);
    const [whole, gone] = [join(folder, "video-0.mp4"), join(folder, "gone.mp4")];
    expect(await media.compare?.(gone, whole, anyone)).toEqual({
      outcome: "unavailable",
      reason: "Of the old file, it could not be read (ENOENT).",
    });
  });
});
