import { describe, expect, it } from "vitest";
import type { ClipState } from "../src/catalog/clip-state.js";
import { fileKey } from "../src/catalog/keys.js";
import type { AccountLimits } from "../src/limits/account-limits.js";
import { hour, startTime, startUploads, type TestUploads } from "./start-uploads.js";

type Content = ReturnType<TestUploads["announce"]>;

const tooManyChanges = expect.objectContaining({
  status: 503,
  message: "Many requests change this clip at once. Try again.",
});

/** An upload whose parts are all sent. */
async function startFinalizing() {
  const uploads = await startUploads();
  const content = uploads.announce();
  const plan = await content.plan();
  const rows = await content.send(plan);
  return { uploads, content, rows };
}

/** Joins the parts, as a process does that ends right after. */
async function joinParts({ catalog, store }: TestUploads, { id }: Content): Promise<void> {
  const upload = (await catalog.read(id))?.state.upload;
  const key = fileKey(id, upload?.version ?? "", "content");
  const parts = await store.listParts(key, upload?.uploadId ?? "");
  await store.completeMultipartUpload(key, upload?.uploadId ?? "", parts);
}

/** Has something done right after the parts are joined, and before the clip is recorded. */
function afterJoining({ calls, store }: TestUploads, act: () => Promise<unknown>): void {
  calls.completeMultipartUpload = async (...request) => {
    await store.completeMultipartUpload(...request);
    delete calls.completeMultipartUpload;
    await act();
  };
}

async function change({ catalog }: TestUploads, { id }: Content, changes: Partial<ClipState>) {
  const record = await catalog.read(id);
  const changed = record && (await catalog.replace(record, { ...record.state, ...changes }));
  return changed ?? expect.fail("Nothing was changed.");
}

describe("parts that were joined by a process that has ended", () => {
  it("are a clip for whoever finalizes again", async () => {
    const { uploads, content, rows } = await startFinalizing();
    await joinParts(uploads, content);
    uploads.clock.now += hour;
    const createdOn = new Date(startTime + hour).toISOString();
    expect(await content.finalize(rows)).toMatchObject({ status: "pending", createdOn });
    await uploads.settled();
    expect(await content.read()).toMatchObject({ status: "available", upload: null });
    expect(await uploads.listKeys("index/")).toHaveLength(1);
  });

  it("are a clip for whoever asks for a plan", async () => {
    const { uploads, content } = await startFinalizing();
    await joinParts(uploads, content);
    expect(await content.ask()).toMatchObject({ clip: { id: content.id, size: 100 } });
    await uploads.settled();
    expect(await content.read()).toMatchObject({ status: "available" });
    expect(await uploads.listUploads()).toEqual([]);
  });

  it("are no clip where the bytes are fewer", async () => {
    const { uploads, content, rows } = await startFinalizing();
    await joinParts(uploads, content);
    uploads.calls.headObject = async (...request) => {
      const facts = await uploads.store.headObject(...request);
      return facts && { ...facts, size: facts.size - 1 };
    };
    await expect(content.finalize(rows)).rejects.toMatchObject({ status: 404 });
    expect(await content.read()).toBeNull();
    expect(await uploads.listKeys("clips/")).toEqual([]);
  });
});

describe("who finalizes while another request", () => {
  it("has recorded the same clip gets that one", async () => {
    const { uploads, content, rows } = await startFinalizing();
    const others: unknown[] = [];
    afterJoining(uploads, async () => others.push(await content.finalize(rows)));
    const clip = await content.finalize(rows);
    expect(others).toMatchObject([{ version: clip.version, createdOn: clip.createdOn }]);
    await uploads.settled();
    expect(await content.read()).toMatchObject({ status: "available", version: clip.version });
    expect(await uploads.listKeys("index/")).toHaveLength(1);
    expect(await uploads.listKeys("work/")).toEqual([]);
  });

  it("describes the upload in another way keeps what it has said", async () => {
    const { uploads, content, rows } = await startFinalizing();
    afterJoining(uploads, async () => {
      const upload = (await content.read())?.upload ?? expect.fail();
      await change(uploads, content, { upload: { ...upload, filename: "other.mp4" } });
    });
    expect(await content.finalize(rows)).toMatchObject({
      ...{ status: "pending", filename: "other.mp4" },
      createdOn: new Date(startTime).toISOString(),
    });
  });

  it("deletes the clip leaves nothing of it", async () => {
    const { uploads, content, rows } = await startFinalizing();
    afterJoining(uploads, async () => {
      const record = await change(uploads, content, { status: "deleted", upload: null });
      await uploads.catalog.forget(record);
    });
    await expect(content.finalize(rows)).rejects.toMatchObject({ status: 404 });
    await uploads.settled();
    expect(await uploads.listKeys("clips/")).toEqual([]);
    expect(await uploads.listKeys("index/")).toEqual([]);
  });

  it("has recorded the clip and ended before it was listed lists it", async () => {
    const { uploads, content, rows } = await startFinalizing();
    afterJoining(uploads, async () => {
      const { version = null } = (await content.read())?.upload ?? {};
      const createdOn = new Date(startTime).toISOString();
      await change(uploads, content, { status: "pending", upload: null, version, createdOn });
    });
    expect(await content.finalize(rows)).toMatchObject({ status: "pending" });
    expect(await uploads.listKeys("index/")).toHaveLength(1);
  });

  it("has dropped the upload is told that there is none", async () => {
    const { uploads, content, rows } = await startFinalizing();
    uploads.calls.completeMultipartUpload = async (...request) => {
      delete uploads.calls.completeMultipartUpload;
      await content.drop();
      await uploads.store.completeMultipartUpload(...request);
    };
    await expect(content.finalize(rows)).rejects.toMatchObject({ status: 404 });
    expect(await content.read()).toBeNull();
  });
});

/** Opens an upload of the same content by way of another process. */
async function planByAnother({ store }: TestUploads, { content }: Content, limits: AccountLimits) {
  const { announce } = await startUploads(store, limits);
  return (await announce(content).plan()).upload_id;
}

describe("who plans while another request", () => {
  it("opens an upload of the same content continues that one, and counts for nothing", async () => {
    const limits = { clipsPerDay: 3 };
    const uploads = await startUploads(undefined, limits);
    const content = uploads.announce();
    let other = "";
    uploads.calls.createMultipartUpload = async (...request) => {
      delete uploads.calls.createMultipartUpload;
      other = await planByAnother(uploads, content, limits);
      return uploads.store.createMultipartUpload(...request);
    };
    expect((await content.plan()).upload_id).toBe(other);
    expect(await uploads.listUploads()).toEqual([other]);
    await uploads.announce().plan();
    await uploads.announce().plan();
    await expect(uploads.announce().plan()).rejects.toMatchObject({ status: 429 });
  });

  it("takes the last place of the day for the same content continues its upload", async () => {
    const limits = { clipsPerDay: 1 };
    const uploads = await startUploads(undefined, limits);
    const content = uploads.announce();
    let other = "";
    // The last call before its own place is taken.
    uploads.calls.freeSpace = async () => {
      delete uploads.calls.freeSpace;
      other = await planByAnother(uploads, content, limits);
      return uploads.store.freeSpace();
    };
    expect((await content.plan()).upload_id).toBe(other);
    await expect(uploads.announce().plan()).rejects.toMatchObject({ status: 429 });
  });

  it("changes the clip again and again is told to try again", async () => {
    const { uploads, content, rows } = await startFinalizing();
    uploads.clock.now += 25 * hour;
    let tries = 0;
    // Somebody else has always been first.
    uploads.calls.putObject = async (key, bytes, options) => {
      if (options?.ifMatch === undefined || !key.endsWith("state.json"))
        return uploads.store.putObject(key, bytes, options);
      tries += 1;
      return null;
    };
    await expect(content.ask()).rejects.toEqual(tooManyChanges);
    await expect(content.drop()).rejects.toEqual(tooManyChanges);
    expect(tries).toBe(40);
    delete uploads.calls.putObject;
    expect(await content.finalize(rows)).toMatchObject({ status: "pending" });
  });
});
