import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { Media, RenditionResult } from "../src/media/types.js";
import { answering, readyResult } from "./fake-media.js";
import {
  listKeys,
  openGround,
  signIn,
  startTestService,
  type TestService,
} from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

const reason = "Browsers do not play MPEG-4 part 2.";
const avi = readyResult(
  { codec: "mpeg4", mime: "video/x-msvideo" },
  { playback: { kind: "transcode", reason } },
);
const rendition = "an MP4 that browsers play";

/** Makes renditions that the test ends one by one, and counts them. */
function steppedMedia() {
  const calls: { account: string; end(result: RenditionResult): void; wasStopped: boolean }[] = [];
  const render: Media["render"] = (_source, output, account, signal) =>
    new Promise((resolve) => {
      const call = {
        account,
        wasStopped: false,
        end: (result: RenditionResult) => {
          const isMade = result.outcome === "ready" ? writeFile(output, rendition) : undefined;
          void Promise.resolve(isMade).then(() => resolve(result));
        },
      };
      const stop = () => {
        call.wasStopped = true;
        resolve({ outcome: "unavailable", reason: "the work was stopped" });
      };
      // The service may be closed before the work begins.
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop);
      calls.push(call);
    });
  return { calls, media: answering(avi, render) };
}

async function start(media: Media, folder?: string) {
  const service = await startTestService({
    ...{ media, streamVideos: true },
    ...(folder !== undefined && { folder }),
  });
  return { service, client: new UploadClient(service, await signIn(service)) };
}

/** Uploads a clip, and waits until it is available and its rendition is under way. */
async function uploadWaiting(client: UploadClient, calls: readonly unknown[], size = 1000) {
  const content = makeContent(size);
  const { id } = await client.upload(content, `size=${size}&filename=take.avi&mime=video/avi`);
  const read = async () => first(await client.call(`me/videoclips/${id}`));
  await expect.poll(async () => (await read()).status).toBe("available");
  await expect.poll(() => calls.length).toBeGreaterThan(0);
  return { content, read, clip: await read() };
}

const made: RenditionResult = { outcome: "ready", seconds: 1 };

it("follows when the clip is available, and then plays", async () => {
  const { media, calls } = steppedMedia();
  const { service, client } = await start(media);
  const { content, read, clip } = await uploadWaiting(client, calls);
  expect(clip).toMatchObject({
    ...{ status: "available", plays: null, play_url: null, mime: "video/x-msvideo" },
    notes: [reason, "A version that they play is being made."],
  });
  expect(calls).toHaveLength(1);
  expect(calls[0]?.account).toBe(client.session.account);
  calls[0]?.end(made);
  await service.settled();
  const playing = await read();
  expect(playing).toMatchObject({ plays: "rendition", play_url: `${clip.url}/video.mp4` });
  expect(playing.notes).toContain(reason);
  const video = await fetch(playing.play_url ?? "");
  expect(video.headers.get("content-type")).toBe("video/mp4");
  expect(video.headers.get("content-disposition")).toBe("inline; filename=take.mp4");
  expect(await video.text()).toBe(rendition);
  const range = await fetch(playing.play_url ?? "", { headers: { Range: "bytes=-7" } });
  expect([range.status, await range.text()]).toEqual([206, rendition.slice(-7)]);
  for (const url of [playing.video_url, playing.download_url]) {
    const original = Buffer.from(await (await fetch(url ?? "")).arrayBuffer());
    expect(original.equals(content)).toBe(true);
  }
  await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
  expect(await listKeys(service, `clips/${clip.id}/`)).not.toContainEqual(
    expect.stringContaining("rendition"),
  );
});

it("does not hold up the verification of other clips", async () => {
  const { media, calls } = steppedMedia();
  const { client } = await start(media);
  const { read } = await uploadWaiting(client, calls);
  for (const size of [2000, 2001, 2002]) await uploadWaiting(client, calls, size);
  // None of them has ended by then.
  expect((await read()).plays).toBeNull();
});

it("that fails is told, and is not tried again", async () => {
  const { media, calls } = steppedMedia();
  const { service, client } = await start(media);
  const { read } = await uploadWaiting(client, calls);
  calls[0]?.end({ outcome: "failed", reason: "Its rendition would be over 4 GiB." });
  await service.settled();
  expect(await read()).toMatchObject({
    ...{ status: "available", plays: "download only", play_url: null },
    notes: [`${reason} Its rendition would be over 4 GiB.`],
  });
  expect(await listKeys(service, "renditions/")).toEqual([]);
  expect(calls).toHaveLength(1);
});

it("is made by the next process where one ends in the middle", async () => {
  const before = steppedMedia();
  const { service, client } = await start(before.media);
  const { clip } = await uploadWaiting(client, before.calls);
  await service.close();
  expect(before.calls[0]?.wasStopped).toBe(true);
  const after = steppedMedia();
  const restarted = await restart(service, client, after.media);
  await expect.poll(() => after.calls.length).toBe(1);
  after.calls[0]?.end(made);
  await restarted.service.settled();
  expect(first(await restarted.call(`me/videoclips/${clip.id}`)).plays).toBe("rendition");
});

it("that ended the service five times is not tried again, and the clip says so", async () => {
  const { media, calls } = steppedMedia();
  const { service, client } = await start(media);
  const { clip } = await uploadWaiting(client, calls);
  await service.close();
  const { store } = await openGround(service.folder);
  const [key = ""] = await listKeys(service, "renditions/");
  const ifMatch = (await store.headObject(key))?.etag ?? "";
  await store.putObject(key, JSON.stringify({ owner: null, until: 0, attempts: 0, ends: 5 }), {
    ifMatch,
  });
  const after = steppedMedia();
  const restarted = await restart(service, client, after.media);
  const read = async () => first(await restarted.call(`me/videoclips/${clip.id}`));
  await expect.poll(async () => (await read()).plays).toBe("download only");
  expect((await read()).notes).toEqual([
    `${reason} The service ended 5 times while its rendition was made.`,
  ]);
  expect(after.calls).toHaveLength(0);
});

it("is made again where its work is lost, as soon as somebody looks", async () => {
  const before = steppedMedia();
  const { service, client } = await start(before.media);
  const { clip } = await uploadWaiting(client, before.calls);
  await service.close();
  await removeWork(service);
  const after = steppedMedia();
  const restarted = await restart(service, client, after.media);
  await restarted.service.settled();
  expect(after.calls).toHaveLength(0);
  await fetch(`${restarted.service.baseUrl}c/${clip.id}`);
  await expect.poll(() => after.calls.length).toBe(1);
  after.calls[0]?.end(made);
  await restarted.service.settled();
  expect(first(await restarted.call(`me/videoclips/${clip.id}`)).plays).toBe("rendition");
});

it("that a killed process has stored is recorded, and not made a second time", async () => {
  const before = steppedMedia();
  const { service, client } = await start(before.media);
  const { clip } = await uploadWaiting(client, before.calls);
  await service.close();
  await storeRendition(service, clip.id);
  const after = steppedMedia();
  const restarted = await restart(service, client, after.media);
  await restarted.service.settled();
  const playing = first(await restarted.call(`me/videoclips/${clip.id}`));
  expect(playing.plays).toBe("rendition");
  expect(await (await fetch(playing.play_url ?? "")).text()).toBe(rendition);
  expect(after.calls).toHaveLength(0);
});

it("of a clip that is deleted meanwhile leaves nothing behind", async () => {
  const { media, calls } = steppedMedia();
  const { service, client } = await start(media);
  const { clip } = await uploadWaiting(client, calls);
  await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
  calls[0]?.end(made);
  await service.settled();
  const keys = await listKeys(service, `clips/${clip.id}/`);
  expect(keys.filter((key) => !key.endsWith("state.json"))).toEqual([]);
});

it("is not made by a service that makes none, which the clip says", async () => {
  const { client } = await start(answering(avi, null));
  const clip = await client.uploadAndSettle(makeContent(100));
  expect(clip).toMatchObject({
    ...{ plays: "download only", play_url: null },
    notes: [`${reason} This service makes no renditions.`],
  });
});

/** Leaves a service without what it has to do, as a back-up may. */
async function removeWork(service: TestService): Promise<void> {
  const { store } = await openGround(service.folder);
  await store.deleteObjects(await listKeys(service, "renditions/"));
}

async function storeRendition(service: TestService, id: string): Promise<void> {
  const { store } = await openGround(service.folder);
  const content = (await listKeys(service, `clips/${id}/`)).find((key) => key.endsWith("content"));
  await store.putObject(content?.replace(/content$/, "rendition.mp4") ?? "", rendition);
}

async function restart(service: TestService, client: UploadClient, media: Media) {
  const next = await startTestService({ folder: service.folder, media, streamVideos: true });
  return new UploadClient(next, client.session);
}
