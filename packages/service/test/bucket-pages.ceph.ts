import { writeFile } from "node:fs/promises";
import { pino } from "pino";
import { expect, inject, it, onTestFinished } from "vitest";
import { type StartOptions, startService } from "../src/index.js";
import { connectTo, createBucket } from "./ceph-bucket.js";
import { answering, readyResult } from "./fake-media.js";
import { linkTo } from "./start-private.js";
import { makeContent, type UploadClient } from "./upload-client.js";

const rendition = "an MP4 that browsers play";
const waiting = readyResult(
  { mime: "video/x-msvideo" },
  { playback: { kind: "transcode", reason: "Browsers do not play MPEG-4 Part 2." } },
);

/** A service on a new bucket of Ceph's, and a client that is signed in. */
async function startOnBucket(options: Partial<StartOptions>): Promise<UploadClient> {
  const { options: bucket, client: engine } = await createBucket();
  const logger = pino({ level: "silent" });
  const service = await startService({ bucket, logger, ...options });
  onTestFinished(async () => {
    await service.close();
    engine.destroy();
  });
  return connectTo(service);
}

it("players and downloads get their bytes from the bucket, which the page's policy names", async () => {
  const media = answering(waiting, async (_source, output) => {
    await writeFile(output, rendition);
    return { outcome: "ready", seconds: 1 };
  });
  const client = await startOnBucket({ media });
  const content = makeContent(1000);
  const clip = await client.uploadAndSettle(content, "size=1000&filename=take.avi");
  expect(clip.plays).toBe("rendition");

  const { origin } = new URL(inject("ceph").endpoint);
  const ask = (url: string | null | undefined) => fetch(url ?? "", { redirect: "manual" });
  const moved = await ask(clip.play_url);
  expect([moved.status, new URL(moved.headers.get("location") ?? "").origin]).toEqual([
    302,
    origin,
  ]);
  const played = await fetch(clip.play_url ?? "", { headers: { Range: "bytes=0-1" } });
  expect([played.status, await played.text()]).toEqual([206, rendition.slice(0, 2)]);
  expect(played.headers.get("content-type")).toBe("video/mp4");
  const saved = await fetch(clip.download_url ?? "");
  expect(saved.headers.get("content-disposition")).toBe("attachment; filename=take.avi");
  expect(Buffer.from(await saved.arrayBuffer()).equals(content)).toBe(true);

  const page = await ask(clip.url);
  expect(page.headers.get("content-security-policy")).toContain(`media-src 'self' ${origin};`);
});

it("the bucket's address of a private video ends when the link ends that has led to it", async () => {
  const media = answering(readyResult());
  const client = await startOnBucket({ media, accountLimits: { private: true } });
  const content = makeContent(1000);
  const clip = await client.uploadAndSettle(content, "size=1000&filename=take.mp4");
  expect(clip.private).toBe(true);

  // Two minutes, where a part URL is good for hours.
  const link = await linkTo(client, clip.id, 120);
  const moved = await fetch(link.play_url ?? "", { redirect: "manual" });
  expect(moved.status).toBe(302);
  const location = moved.headers.get("location") ?? "";
  expect(endOf(location)).toBeLessThanOrEqual(Date.parse(link.expires_on ?? "") / 1000);
  const played = await fetch(location);
  expect(Buffer.from(await played.arrayBuffer()).equals(content)).toBe(true);
});

/** When a presigned URL ends, in seconds since 1970. */
function endOf(presigned: string): number {
  const { searchParams: query } = new URL(presigned);
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("X-Amz-Date") ?? "") ?? [];
  const since = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000;
  return since + Number(query.get("X-Amz-Expires"));
}
