import { describe, expect, it, onTestFinished, vi } from "vitest";
import { fileKey } from "../src/catalog/keys.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { ClipIds } from "../src/clips/clip-ids.js";
import type { Media } from "../src/index.js";
import { endlessMedia } from "./fake-media.js";
import { startSignedIn } from "./start-signed-in.js";
import {
  listKeys,
  openGround,
  type Session,
  startTestService,
  type TestService,
} from "./start-test-service.js";
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

const start = (media: Media | null = null) => startSignedIn({ media });

type Started = Pick<Awaited<ReturnType<typeof start>>, "service" | "session">;
type SentPart = Awaited<ReturnType<UploadClient["sendParts"]>>[number];

const day = 24 * 60 * 60 * 1000;

/** Lets so many days pass. The timers keep running. */
function turnClock(days: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * day });
  onTestFinished(() => void vi.useRealTimers());
}

/** What the service has stored, beside the service. */
async function openCatalog({ folder }: TestService, account = "") {
  const { store, secret } = await openGround(folder);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const ids = new ClipIds(secret);
  const idOf = (content: Uint8Array) =>
    ids.of({ account, asset: "videoclip", checksum: md5Hex(content) });
  return { store, catalog, idOf };
}

describe("a restart", () => {
  it("keeps clips, sessions and addresses", async () => {
    const { service, session, client } = await start();
    const content = makeContent(77);
    const before = await client.uploadAndSettle(content);
    const restarted = await restart(service, session);
    const after = first(await restarted.call(`me/videoclips/${before.id}`));
    const elsewhere = { url: "", video_url: "", play_url: "", download_url: "" };
    expect({ ...after, ...elsewhere }).toEqual({ ...before, ...elsewhere });
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
    const [old, used] = [makeContent(chunkSize + 1), makeContent(chunkSize + 2)];
    const plans = await Promise.all([old, used].map(async (one) => first(await client.plan(one))));
    for (const [index, content] of [old, used].entries()) {
      await putPart(plans[index]?.urls[0]?.url ?? "", partOf(content, 1));
    }
    turnClock(6);
    expect(first(await client.plan(used)).upload_id).toBe(plans[1]?.upload_id);
    turnClock(3);
    const restarted = await restart(service, session);
    const { store } = await openGround(service.folder);
    const listUploads = async () => (await store.listMultipartUploads("clips/")).uploads;
    await expect.poll(listUploads).toMatchObject([{ uploadId: plans[1]?.upload_id }]);
    const again = first(await restarted.plan(old));
    expect(again.upload_id).not.toBe(plans[0]?.upload_id);
    expect(again.parts).toBeUndefined();
    expect(first(await restarted.plan(used))).toMatchObject({
      upload_id: plans[1]?.upload_id,
      parts: [{ PartNumber: 1 }],
    });
  });

  it("while a clip is pending continues its verification", async () => {
    const { service, session, client } = await start(endlessMedia);
    const content = makeContent(1234);
    const clip = await client.upload(content);
    expect((await client.plan(content)).body).toMatchObject({
      _upload: false,
      data: [{ id: clip.id, status: "pending" }],
    });
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${clip.id}`)).status).toBe("available");
    expect(await listKeys(service, "work/")).toEqual([]);
  });
});

describe("a verification that crashes", () => {
  it("is done again by itself", async () => {
    const results = [
      () => Promise.reject(new Error("crashed on purpose")),
      () => Promise.resolve({ outcome: "unavailable", reason: "test" } as const),
    ];
    const inspect = () => results.shift()?.() ?? Promise.reject(new Error("asked too often"));
    const { service, client } = await start({ inspect, render: null, close: async () => {} });
    const { id } = await client.upload(makeContent(98));
    const readStatus = async () => first(await client.call(`me/videoclips/${id}`)).status;
    await expect.poll(readStatus).toBe("available");
    expect(service.log.join("")).toContain("the clip stays pending; again in 1 s");
  });

  it("is logged, and done again after a restart", async () => {
    const inspect = () => Promise.reject(new Error("crashed on purpose"));
    const media: Media = { inspect, render: null, close: async () => {} };
    const { service, session, client } = await start(media);
    const pending = await client.uploadAndSettle(makeContent(99));
    expect(pending.status).toBe("pending");
    expect(service.log.join("")).toContain("crashed on purpose");
    const restarted = await restart(service, session);
    const readStatus = async () =>
      first(await restarted.call(`me/videoclips/${pending.id}`)).status;
    await expect.poll(readStatus).toBe("available");
  });
});

describe("two services on one store", () => {
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
  /** Leaves an upload as a process does that ends right after it has joined the parts. */
  async function joinOnly({ service, session }: Started, content: Buffer, rows: SentPart[]) {
    const { store, catalog, idOf } = await openCatalog(service, session.account);
    const id = idOf(content);
    const upload = (await catalog.read(id))?.state.upload;
    if (!upload) throw new Error("There is no open upload.");
    const parts = rows.map(({ PartNumber, ETag }) => ({ partNumber: PartNumber, etag: ETag }));
    await catalog.verifications.add({ id, account: session.account }, false);
    await store.completeMultipartUpload(
      fileKey(id, upload.version, "content"),
      upload.uploadId,
      parts,
    );
    return id;
  }

  it("between joining the parts and recording the clip loses nothing", async () => {
    const { service, session, client } = await start();
    const content = makeContent(500);
    const rows = await client.sendParts(first(await client.plan(content)), content);
    await service.close();
    const id = await joinOnly({ service, session }, content, rows);
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect(first(await restarted.call(`me/videoclips/${id}`)).status).toBe("available");
    expect((await restarted.call("me/videoclips")).body).toMatchObject({ data: [{ id }] });
    expect(await listKeys(service, "work/")).toEqual([]);
  });

  it("just after joining the parts is repaired by the client's next call", async () => {
    for (const call of ["plan", "finalize"] as const) {
      const { service, session, client } = await start(endlessMedia);
      const content = makeContent(600);
      const rows = await client.sendParts(first(await client.plan(content)), content);
      const id = await joinOnly({ service, session }, content, rows);
      const answer = await (call === "plan"
        ? client.plan(content)
        : client.finalize(content, rows));
      expect([answer.status, answer.body.data]).toMatchObject([200, [{ id, status: "pending" }]]);
    }
  });

  it("after which the bytes are gone leads to a failed clip", async () => {
    const { service, session, client } = await start(endlessMedia);
    const content = makeContent(700);
    const { id } = await client.upload(content);
    await service.close();
    const { store } = await openCatalog(service);
    await store.deleteObjects(
      (await listKeys(service, `clips/${id}/`)).filter((key) => key.endsWith("/content")),
    );
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
    const { catalog, idOf } = await openCatalog(service, session.account);
    await catalog.verifications.add({ id: idOf(content), account: session.account }, false);
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect((await restarted.finalize(content, rows)).status).toBe(200);
  });

  it("before the clip was listed lets the next process list it", async () => {
    const { service, session, client } = await start(endlessMedia);
    const { id } = await client.upload(makeContent(810));
    await service.close();
    const { store } = await openCatalog(service);
    await store.deleteObjects(await listKeys(service, "index/"));
    const restarted = await restart(service, session);
    await restarted.service.settled();
    expect((await restarted.call("me/videoclips")).body).toMatchObject({
      data: [{ id, status: "available" }],
    });
  });

  it("in the middle of a deletion lets a sweep complete it", async () => {
    const { service, session, client } = await start();
    const content = makeContent(820);
    const { id } = await client.uploadAndSettle(content);
    await service.close();
    const { catalog, store } = await openCatalog(service);
    const record = await catalog.read(id);
    if (!record) throw new Error("There is no clip.");
    await catalog.remind(id, Date.now() + day);
    await catalog.replace(record, { ...record.state, status: "deleted" });
    turnClock(2);
    const restarted = await restart(service, session);
    // Without conditional deletes the state stays, and says that the clip is deleted.
    const left = store.capabilities.conditionalDelete ? [] : [`clips/${id}/state.json`];
    await expect.poll(() => listKeys(service, `clips/${id}/`)).toEqual(left);
    expect((await restarted.call("me/videoclips")).body).toMatchObject({ _total: 0 });
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
      render: null,
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
