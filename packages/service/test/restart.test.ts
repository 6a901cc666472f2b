import { access, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readOrCreateSecret } from "../src/auth/service-secret.js";
import { DiskStore, type Media } from "../src/index.js";
import { type Session, signIn, startTestService, type TestService } from "./start-test-service.js";
import {
  chunkSize,
  first,
  makeContent,
  md5Hex,
  partOf,
  putPart,
  UploadClient,
} from "./upload-client.js";

async function restart(service: TestService, session: Session): Promise<UploadClient> {
  await service.close();
  return new UploadClient(await startTestService({ folder: service.folder }), session);
}

/** Media work that lasts until it is stopped, so that a clip stays pending. */
function endlessMedia(): Media {
  return {
    inspect: (_file, signal) =>
      new Promise((resolve) => {
        const stop = () => resolve({ outcome: "unavailable", reason: "stopped" });
        signal?.addEventListener("abort", stop, { once: true });
      }),
    close: async () => {},
  };
}

async function start(media: Media | null = null) {
  const service = await startTestService({ media });
  const session = await signIn(service);
  return { service, session, client: new UploadClient(service, session) };
}

function clipFolder(service: TestService, session: Session, content: Uint8Array): string {
  const place = path.join(session.account, "videoclip", md5Hex(content));
  return path.join(service.folder, "objects", place);
}

describe("a restart", () => {
  it("keeps clips, sessions and addresses", async () => {
    const { service, session, client } = await start();
    const content = makeContent(77);
    const before = await client.uploadAndSettle(content);
    const restarted = await restart(service, session);
    const after = first(await restarted.call(`me/videoclips/${before.id}`));
    expect({ ...after, url: "", video_url: "" }).toEqual({ ...before, url: "", video_url: "" });
    expect((await restarted.plan(content)).body._upload).toBe(false);
    const video = await fetch(after.video_url ?? "");
    expect(Buffer.from(await video.arrayBuffer())).toEqual(content);
  });

  it("between parts continues the upload", async () => {
    const { service, session, client } = await start();
    const content = makeContent(2 * chunkSize + 9);
    const plan = first(await client.plan(content));
    await putPart(plan.urls[1]?.url ?? "", partOf(content, 2));
    const restarted = await restart(service, session);
    const resumed = first(await restarted.plan(content));
    expect(resumed.upload_id).toBe(plan.upload_id);
    expect(resumed.parts?.map((part) => part.PartNumber)).toEqual([2]);
    const rows = await restarted.sendParts(
      { ...resumed, urls: resumed.urls.filter(({ PartNumber }) => PartNumber !== 2) },
      content,
    );
    rows.splice(1, 0, { PartNumber: 2, ETag: resumed.parts?.[0]?.ETag ?? "" });
    const clip = first(await restarted.finalize(content, rows));
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${clip.id}`)).status).toBe("available");
  });

  it("removes an upload that nobody has continued for a week, and no other", async () => {
    const { service, session, client } = await start();
    const contents = [makeContent(chunkSize + 1), makeContent(chunkSize + 2)];
    const [old = "", young = ""] = await Promise.all(
      contents.map(async (content) => {
        const plan = first(await client.plan(content));
        await putPart(plan.urls[0]?.url ?? "", partOf(content, 1));
        return plan.upload_id;
      }),
    );
    const uploads = path.join(service.folder, "uploads");
    const day = 24 * 60 * 60;
    const ago = (days: number) => Date.now() / 1000 - days * day;
    await utimes(path.join(uploads, old), ago(8), ago(8));
    await utimes(path.join(uploads, young), ago(6), ago(6));
    const restarted = await restart(service, session);
    const other = first(await restarted.plan(makeContent(3)));
    expect((await readdir(uploads)).sort()).toEqual([young, other.upload_id].sort());
    const [abandoned, resumed] = [
      first(await restarted.plan(contents[0] ?? Buffer.of())),
      first(await restarted.plan(contents[1] ?? Buffer.of())),
    ];
    expect(abandoned.upload_id).not.toBe(old);
    expect(abandoned.parts).toBeUndefined();
    expect(resumed).toMatchObject({ upload_id: young, parts: [{ PartNumber: 1 }] });
  });

  it("while a clip is pending continues its verification", async () => {
    const { service, session, client } = await start(endlessMedia());
    const content = makeContent(1234);
    const clip = await client.upload(content);
    expect((await client.plan(content)).body).toMatchObject({
      _upload: false,
      data: [{ id: clip.id, status: "pending" }],
    });
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${clip.id}`)).status).toBe("available");
    expect(await readdir(path.join(service.folder, "objects", "pending"))).toEqual([]);
  });
});

describe("a verification that crashes", () => {
  it("is done again by itself", async () => {
    const results = [
      () => Promise.reject(new Error("crashed on purpose")),
      () => Promise.resolve({ outcome: "unavailable", reason: "test" } as const),
    ];
    const inspect = () => results.shift()?.() ?? Promise.reject(new Error("asked too often"));
    const { service, client } = await start({ inspect, close: async () => {} });
    const { id } = await client.upload(makeContent(98));
    const readStatus = async () => first(await client.call(`me/videoclips/${id}`)).status;
    await expect.poll(readStatus).toBe("available");
    expect(service.log.join("")).toContain("the clip stays pending; again in 1 s");
  });

  it("is logged, and done again after a restart", async () => {
    const inspect = () => Promise.reject(new Error("crashed on purpose"));
    const { service, session, client } = await start({ inspect, close: async () => {} });
    const pending = await client.uploadAndSettle(makeContent(99));
    expect(pending.status).toBe("pending");
    expect(service.log.join("")).toContain("crashed on purpose");
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${pending.id}`)).status).toBe("available");
  });
});

describe("two services on one folder", () => {
  it("open one upload and finalize it to one clip", async () => {
    const { service, session, client } = await start();
    const other = new UploadClient(await startTestService({ folder: service.folder }), session);
    for (let round = 0; round < 5; round += 1) {
      const content = makeContent(chunkSize + 10);
      const plans = await Promise.all([client, other].map((each) => each.plan(content)));
      expect(new Set(plans.map((plan) => first(plan).upload_id)).size).toBe(1);
      const rows = await client.sendParts(first(await client.plan(content)), content);
      const answers = await Promise.all(
        [client, other].map((each) => each.finalize(content, rows)),
      );
      expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
      expect(new Set(answers.map((answer) => first(answer).id)).size).toBe(1);
      await Promise.all([service.settled(), other.service.settled()]);
      const { id } = first(await client.finalize(content, rows));
      expect(first(await client.call(`me/videoclips/${id}`)).status).toBe("available");
    }
  });
});

describe("a kill", () => {
  it("between joining the parts and writing the clip loses nothing", async () => {
    const { service, session, client } = await start();
    const content = makeContent(500);
    const plan = first(await client.plan(content));
    const rows = await client.sendParts(plan, content);
    const folder = clipFolder(service, session, content);
    const kept = await readFile(path.join(folder, "upload.json"));
    const { id } = first(await client.finalize(content, rows));
    await service.settled();
    // The state that such a kill leaves behind.
    await rm(path.join(folder, "clip.json"));
    await writeFile(path.join(folder, "upload.json"), kept);
    const [, account, asset, checksum] =
      /([^/\\]+)[/\\]([^/\\]+)[/\\]([^/\\]+)$/.exec(folder) ?? [];
    const mark = path.join(service.folder, "objects", "pending", id);
    await writeFile(mark, JSON.stringify({ account, asset, checksum }));

    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${id}`)).status).toBe("available");
    await expect(access(mark)).rejects.toThrow("ENOENT");
  });

  it("just after joining the parts is repaired by the client's next call", async () => {
    for (const call of ["plan", "finalize"] as const) {
      const { service, session, client } = await start();
      const content = makeContent(600);
      const rows = await client.sendParts(first(await client.plan(content)), content);
      const folder = clipFolder(service, session, content);
      const kept = await readFile(path.join(folder, "upload.json"));
      const { id } = first(await client.finalize(content, rows));
      await service.settled();
      await rm(path.join(folder, "clip.json"));
      await writeFile(path.join(folder, "upload.json"), kept);
      const answer = await (call === "plan"
        ? client.plan(content)
        : client.finalize(content, rows));
      expect([answer.status, answer.body.data]).toMatchObject([200, [{ id, status: "pending" }]]);
    }
  });

  it("between deleting wrong bytes and recording that leads to a failed clip", async () => {
    const { service, session, client } = await start(endlessMedia());
    const content = makeContent(700);
    const { id } = await client.upload(content);
    await service.close();
    await rm(path.join(clipFolder(service, session, content), "content"));
    const restarted = await restart(service, session);
    await restarted.service.settled();
    const clip = first(await restarted.call(`me/videoclips/${id}`));
    expect(clip).toMatchObject({ status: "failed", reason: expect.stringContaining("gone") });
    expect((await restarted.plan(content)).body._upload).toBe(true);
  });

  it("before the parts were joined leaves the upload open", async () => {
    const { service, session, client } = await start();
    const content = makeContent(800);
    const rows = await client.sendParts(first(await client.plan(content)), content);
    const store = await DiskStore.open(service.folder, await readOrCreateSecret(service.folder));
    const [, account, asset, checksum] =
      /([^/\\]+)[/\\]([^/\\]+)[/\\]([^/\\]+)$/.exec(clipFolder(service, session, content)) ?? [];
    await store.putObject("pending/left-behind", JSON.stringify({ account, asset, checksum }));
    const restarted = await restart(service, session);
    expect((await restarted.finalize(content, rows)).status).toBe(200);
  });
});

describe("a clip that is deleted while it is verified", () => {
  it("does not come back", async () => {
    const releases: (() => void)[] = [];
    const media: Media = {
      inspect: () =>
        new Promise((resolve) => {
          releases.push(() => resolve({ outcome: "unavailable", reason: "test" }));
        }),
      close: async () => {},
    };
    const { service, client } = await start(media);
    const { id } = await client.upload(makeContent(900));
    await expect.poll(() => releases.length).toBe(1);
    expect((await client.call(`me/videoclips/${id}`, { method: "DELETE" })).status).toBe(200);
    releases[0]?.();
    await service.settled();
    expect((await client.call(`me/videoclips/${id}`)).status).toBe(404);
    expect((await client.call("me/videoclips")).body).toMatchObject({ _total: 0 });
  });
});
