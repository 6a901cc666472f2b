import { randomBytes } from "node:crypto";
import type { DirectUploadClient, NewUpload, UploadedPart } from "@clipcourier/core";
import { expect, test } from "vitest";
import {
  connect,
  expectEverywhere,
  md5Of,
  startPair,
  uploadWhileOneIsKilled,
} from "../processes/pair.ts";

const mebibyte = 1024 * 1024;

test("an upload is planned at one, sent to both, and finalized at the other", async () => {
  const pair = await startPair();
  for (const [planner, finisher] of [
    [0, 1],
    [1, 0],
    [0, 1],
    [1, 0],
  ] as const) {
    const content = randomBytes(6 * mebibyte);
    const checksum = md5Of(content);
    const plan = await planNew(pair.clients[planner], content);
    // Asked again at the other, it is the same upload.
    expect((await planNew(pair.clients[finisher], content)).uploadId).toBe(plan.uploadId);
    const ports = pair.services.map(({ port }) => port);
    const parts = await sendParts(plan, content, ports);
    const finalized = await pair.clients[finisher].finalize(checksum, parts);
    const again = await pair.clients[planner].finalize(checksum, parts);
    expect(again.id).toBe(finalized.id);
    const clip = await pair.clients[planner].waitUntilAvailable(finalized);
    await expectEverywhere(pair, clip, checksum);
  }
});

test("the same content at both at once becomes one clip", async () => {
  const pair = await startPair();
  // They make requests again: who sends a part after another has finalized the upload asks anew.
  const clients = [...pair.services, ...pair.services].map((each) => connect(each, pair.keys));
  for (let round = 0; round < 4; round += 1) {
    const content = randomBytes(5 * mebibyte + 1000 + round);
    const results = await Promise.all(clients.map((client) => client.upload(content)));
    expect(new Set(results.map(({ clip }) => clip.id)).size).toBe(1);
    for (const { clip } of results) await expectEverywhere(pair, clip, md5Of(content));
  }
  const lists = await Promise.all(pair.clients.map((client) => client.listClips()));
  const ids = lists.map(({ clips }) => clips.map(({ id }) => id));
  expect(ids[0]).toHaveLength(4);
  expect(ids[1]).toEqual(ids[0]);
});

test("a clip is deleted at one while others are uploaded at the other", async () => {
  const pair = await startPair();
  const [deleter, uploader] = pair.clients;
  for (let round = 0; round < 3; round += 1) {
    const old = randomBytes(1000);
    const { clip } = await uploader.upload(old);
    const contents = [randomBytes(2 * mebibyte), randomBytes(2000)];
    const [deleted, ...uploads] = await Promise.all([
      deleter.deleteClip(clip.id),
      ...contents.map((content) => uploader.upload(content)),
    ]);
    expect(deleted.id).toBe(clip.id);
    for (const [index, result] of uploads.entries()) {
      await expectEverywhere(pair, result.clip, md5Of(contents[index] ?? old));
    }
    for (const client of pair.clients) {
      await expect(client.getClip(clip.id)).rejects.toMatchObject({ status: 404 });
    }
    // What was deleted at one can be uploaded at the other.
    const again = await uploader.upload(old);
    expect(again.outcome).toBe("uploaded");
    await expectEverywhere(pair, again.clip, md5Of(old));
  }
});

test("a process that is killed takes no upload with it", async () => {
  const pair = await startPair();
  for (const [victim, moment] of [
    [1, 0.4],
    [0, 1],
  ] as const) {
    const contents = Array.from({ length: 4 }, () => randomBytes(6 * mebibyte));
    await uploadWhileOneIsKilled(pair, victim, contents, moment);
  }
});

async function planNew(client: DirectUploadClient, content: Buffer): Promise<NewUpload> {
  const checksum = md5Of(content);
  const plan = await client.requestUpload({ checksum, size: content.length });
  if (plan.isKnown) throw new Error("The content is known.");
  return plan;
}

/** Sends one part after the other, each to the process with the next port. */
async function sendParts(plan: NewUpload, content: Buffer, ports: number[]) {
  const parts: UploadedPart[] = [];
  for (const { partNumber, url } of plan.urls) {
    const target = new URL(url);
    target.port = String(ports[partNumber % ports.length]);
    const begin = (partNumber - 1) * plan.chunkSize;
    const body = content.subarray(begin, begin + plan.chunkSize);
    const response = await fetch(target, { method: "PUT", body });
    expect(response.status).toBe(200);
    parts.push({ partNumber, etag: response.headers.get("etag") ?? "" });
  }
  return parts;
}
