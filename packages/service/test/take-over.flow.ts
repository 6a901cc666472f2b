import { mkdir, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import type { WireClip } from "@clipcourier/core/wire";
import { describe, expect, it } from "vitest";
import {
  copyKeptFolder,
  facts,
  type KeptClip,
  placeOf,
  readMd5,
  signInApp,
  signInUser,
} from "./kept-folder.js";
import { startTestService } from "./start-test-service.js";
import { type Answer, first, makeContent, type UploadClient } from "./upload-client.js";

const { apps, user, clips } = facts;

describe("a folder of version 0.1", () => {
  it("keeps its sessions' keys, clips, addresses and lists", async () => {
    const { service, client } = await start(await copyKeptFolder());
    await service.settled();
    const listed = await client.call("me/videoclips?count=50");
    expect(listed.body.data.map(({ id }) => id)).toEqual(facts.listed);
    for (const clip of [clips.first, clips.second]) await expectAvailable(client, clip);
    const { url } = first(await client.call(`me/videoclips/${clips.first.id}`));
    expect((await fetch(url)).status).toBe(200);
    await expectAvailable(await signInApp(service, apps.two), clips.other);
    await expectAvailable(await signInUser(service), clips.octo);
    expect((await signInUser(service)).session.account).toBe(user.account);
  });

  it("has its pending clip verified, and its failed clip stays as it was", async () => {
    const { service, client } = await start(await copyKeptFolder());
    await service.settled();
    const pending = first(await client.call(`me/videoclips/${clips.pending.id}`));
    expect(pending.status).toBe("available");
    expect(await readMd5(pending)).toBe(clips.pending.checksum);
    const failed = first(await client.call(`me/videoclips/${clips.failed.id}`));
    expect(failed).toMatchObject({ status: "failed", reason: clips.failed.reason });
  });

  it("begins its open upload again, and takes what is new", async () => {
    const { service, client } = await start(await copyKeptFolder());
    const { checksum, size } = facts.open;
    const plan = await client.call(`me/directupload/videoclip/${checksum}/?size=${size}`);
    expect(plan.body).toMatchObject({ _upload: true, data: [{ urls: [{ PartNumber: 1 }] }] });
    expect((await client.uploadAndSettle(makeContent(99))).status).toBe("available");
    const known = `me/directupload/videoclip/${clips.first.checksum}/?size=${clips.first.size}`;
    expect((await client.call(known)).body).toMatchObject({ _upload: false });
    const path = `me/videoclips/${clips.second.id}`;
    expect((await client.call(path, { method: "DELETE" })).status).toBe(200);
    await service.settled();
    expect((await client.call(path)).status).toBe(404);
  });

  it("is taken over once: the second start changes nothing", async () => {
    const folder = await copyKeptFolder();
    const { service, client } = await start(folder);
    await service.settled();
    const before = await client.call("me/videoclips?count=50");
    const files = await listFiles(folder);
    await service.close();
    const again = await start(folder);
    await again.service.settled();
    const after = await again.client.call("me/videoclips?count=50");
    expect(withoutPort(after)).toEqual(withoutPort(before));
    expect(await listFiles(folder)).toEqual(files);
    expect(again.service.log.join("")).not.toContain("earlier version");
    const left = await readdir(path.join(folder, "objects"));
    expect(left.filter((name) => name.startsWith("acc_") || name === "ids")).toEqual([]);
    expect(left).not.toContain("pending");
  });

  it("is taken over by two services that start at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const folder = await copyKeptFolder();
      const both = await Promise.all([
        startTestService({ folder }),
        startTestService({ folder }),
      ] as const);
      for (const service of both) {
        await service.settled();
        expect(service.log.filter((line) => line.includes('"level":50'))).toEqual([]);
        const client = await signInApp(service, apps.one);
        const listed = await client.call("me/videoclips?count=50");
        expect(listed.body.data.map(({ id }) => id)).toEqual(facts.listed);
        await expectAvailable(client, clips.first);
      }
      await Promise.all(both.map((service) => service.close()));
    }
  });
});

describe("a taking over that ended in the middle", () => {
  it("is continued by the next start, for what is left", async () => {
    const folder = await copyKeptFolder();
    // No file can take the place of a folder.
    const obstacle = newPlaceOf(folder, clips.first, "content");
    await mkdir(path.join(obstacle, "in the way"), { recursive: true });
    const { service, client } = await start(folder);
    await expectAvailable(client, clips.second);
    expect((await client.call(`me/videoclips/${clips.first.id}`)).status).toBe(404);
    expect(service.log.join("")).toContain(clips.first.checksum);
    await service.close();
    await rm(obstacle, { recursive: true });
    const again = await start(folder);
    await again.service.settled();
    for (const clip of [clips.first, clips.second]) await expectAvailable(again.client, clip);
    const listed = await again.client.call("me/videoclips?count=50");
    expect(listed.body.data.map(({ id }) => id)).toEqual(facts.listed);
  });

  it.each([
    ["whole", false],
    ["damaged", true],
  ])(
    "after the files were moved is continued with a clip.json that is %s",
    async (_, isDamaged) => {
      const folder = await copyKeptFolder();
      const place = placeOf(folder, apps.one.account, clips.first);
      for (const file of ["thumbnail.jpg", "preview.gif", "content"]) {
        const target = newPlaceOf(folder, clips.first, file);
        await mkdir(path.dirname(target), { recursive: true });
        await rename(path.join(place, file), target);
      }
      if (isDamaged) await truncate(path.join(place, "clip.json"), 0);
      const { service, client } = await start(folder);
      await service.settled();
      const clip = first(await client.call(`me/videoclips/${clips.first.id}`));
      expect(clip.status).toBe("available");
      expect(await readMd5(clip)).toBe(clips.first.checksum);
    },
  );
});

describe("a damaged clip.json", () => {
  it.each([
    ["empty", ""],
    ["cut", '{"account":"acc_'],
    ["of another shape", '{"status":"available"}'],
  ])("that is %s leads to a clip that is verified again", async (_, text) => {
    const folder = await copyKeptFolder();
    const place = placeOf(folder, apps.one.account, clips.first);
    await writeFile(path.join(place, "clip.json"), text);
    const { service, client } = await start(folder);
    await service.settled();
    expect(service.log.join("")).toContain(clips.first.checksum);
    const clip = first(await client.call(`me/videoclips/${clips.first.id}`));
    expect(clip.status).toBe("available");
    expect(await readMd5(clip)).toBe(clips.first.checksum);
    await expectAvailable(client, clips.second);
  });

  it("without content leaves nothing, and the clip can be uploaded again", async () => {
    const folder = await copyKeptFolder();
    const place = placeOf(folder, apps.one.account, clips.first);
    await truncate(path.join(place, "clip.json"), 0);
    await rm(path.join(place, "content"));
    const { client } = await start(folder);
    expect((await client.call(`me/videoclips/${clips.first.id}`)).status).toBe(404);
    const { checksum, size } = clips.first;
    const plan = await client.call(`me/directupload/videoclip/${checksum}/?size=${size}`);
    expect(plan.body).toMatchObject({ _upload: true });
  });
});

async function start(folder: string) {
  const service = await startTestService({ folder });
  return { service, client: await signInApp(service, apps.one) };
}

/** With the same id, facts and pictures as before. */
async function expectAvailable(client: UploadClient, kept: KeptClip): Promise<void> {
  const clip = first(await client.call(`me/videoclips/${kept.id}`));
  const { id, filename, size, status, duration, width, height, codec, created_on } = kept;
  expect(clip).toMatchObject({
    ...{ id, filename, size, status, duration, width, height, codec, created_on },
  });
  expect(await readMd5(clip)).toBe(kept.checksum);
  for (const url of [clip.thumbnail_url, clip.preview_gif]) {
    expect((await (await fetch(url ?? "")).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  }
}

/** Where the clips that are taken over have their files. */
function newPlaceOf(folder: string, { id }: KeptClip, file: string): string {
  return path.join(folder, "objects", "clips", id, "taken-over", file);
}

function withoutPort({ text }: Answer<WireClip>): string {
  return text.replace(/127\.0\.0\.1:\d+/g, "HOST");
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}
