import { describe, expect, it } from "vitest";
import { fileKey } from "../src/catalog/keys.js";
import { StoreError } from "../src/store/store-error.js";
import { hour, startTime, startUploads, type TestUploads } from "./start-uploads.js";
import { makeContent } from "./upload-client.js";

const noUpload = expect.objectContaining({
  status: 404,
  message: "There is no upload for this checksum. Ask for the upload URLs first.",
});

async function listed({ catalog }: TestUploads): Promise<string[]> {
  const { clips } = await catalog.list("acc_a", { count: 10, page: 1, after: null });
  return clips.map(({ id }) => id);
}

describe("content that is stored", () => {
  it("is answered with its clip, and refused with another size", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const { id } = await content.upload();
    expect(await content.ask()).toMatchObject({ clip: { id, status: "available" } });
    await expect(content.ask({ size: 101 })).rejects.toEqual(
      expect.objectContaining({
        status: 400,
        message: "size: the content with this checksum has 100 bytes.",
      }),
    );
    expect(await uploads.listUploads()).toEqual([]);
  });

  it("is recorded as used once an hour, and not while its clip is worked on", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    await content.finalize(await content.send(await content.plan()));
    uploads.clock.now += 2 * hour;
    expect(await content.ask()).toMatchObject({ clip: { status: "pending" } });
    expect(await content.read()).not.toHaveProperty("usedOn");
    await uploads.settled();
    uploads.clock.now = startTime + hour - 1;
    await content.ask();
    expect(await content.read()).not.toHaveProperty("usedOn");
    uploads.clock.now += 1;
    await content.ask();
    const usedOn = new Date(startTime + hour).toISOString();
    expect(await content.read()).toMatchObject({ usedOn });
    uploads.clock.now += hour - 1;
    await content.finalize([]);
    expect(await content.read()).toMatchObject({ usedOn });
    uploads.clock.now += 1;
    expect(await content.finalize([])).toMatchObject({ status: "available" });
    expect(await content.read()).toMatchObject({
      usedOn: new Date(startTime + 2 * hour).toISOString(),
    });
  });

  it("is sent again where its bytes are gone, and its clip says so meanwhile", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const first = await content.upload();
    await uploads.store.deleteObjects([fileKey(first.id, first.version, "content")]);
    await uploads.store.putObject(fileKey(first.id, first.version, "preview.gif"), "GIF");
    uploads.clock.now += hour;
    const plan = await content.plan();
    expect(await content.read()).toMatchObject({
      status: "failed",
      reason: "The stored bytes are damaged. Upload them again.",
      upload: { uploadId: plan.upload_id },
    });
    const second = await content.finalize(await content.send(plan));
    // Nothing that was known of the bytes before is said of these.
    expect(second).toMatchObject({
      ...{ id: first.id, status: "pending", reason: null, upload: null, sha256: null, notes: [] },
      facts: { duration: null, width: null, height: null, codec: null, audioCodec: null },
      ...{ hasThumbnail: false, hasPreview: false, hasWebp: false, storyboard: null },
      ...{ previewOf: null, playback: { kind: "unknown" } },
    });
    expect(second.version).not.toBe(first.version);
    await uploads.settled();
    expect(await content.read()).toMatchObject({ status: "available", version: second.version });
    expect(await listed(uploads)).toEqual([first.id]);
    expect(await uploads.listKeys("index/")).toHaveLength(1);
    expect(await uploads.listKeys(`clips/${first.id}/${first.version}/`)).toEqual([]);
  });
});

describe("an upload that is open", () => {
  it("can be dropped, with its parts, and once only", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    await content.send(await content.plan());
    await content.drop();
    expect([await content.read(), await uploads.listUploads()]).toEqual([null, []]);
    expect(await uploads.listKeys("clips/")).toEqual([]);
    await expect(content.drop()).rejects.toEqual(noUpload);
    await expect(content.finalize([])).rejects.toEqual(noUpload);
  });

  it("of another size makes room for one of this size", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    await content.plan({ size: 99 });
    const { upload_id: uploadId } = await content.plan();
    expect(await uploads.listUploads()).toEqual([uploadId]);
  });

  it("leaves a failed clip as it was when it is dropped", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const { id, version } = await content.upload();
    await uploads.store.deleteObjects([fileKey(id, version, "content")]);
    await content.plan();
    await content.drop();
    expect(await content.read()).toMatchObject({ status: "failed", upload: null });
    expect(await uploads.listUploads()).toEqual([]);
    expect(await content.finalize([])).toMatchObject({ id, status: "failed" });
  });

  it("is written anew when it is described in another way, and once a day", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const etag = async () => (await uploads.catalog.read(content.id))?.etag;
    const { upload_id: uploadId } = await content.plan();
    const first = await etag();
    uploads.clock.now += 24 * hour - 1;
    expect((await content.plan()).upload_id).toBe(uploadId);
    expect(await etag()).toBe(first);
    expect((await content.plan({ filename: "take.mp4" })).upload_id).toBe(uploadId);
    const usedOn = new Date(startTime + 24 * hour - 1).toISOString();
    expect((await content.read())?.upload).toMatchObject({ filename: "take.mp4", usedOn });
    uploads.clock.now += 24 * hour;
    expect((await content.plan({ filename: "take.mp4" })).upload_id).toBe(uploadId);
    const later = new Date(startTime + 48 * hour - 1).toISOString();
    expect((await content.read())?.upload).toMatchObject({ filename: "take.mp4", usedOn: later });
  });

  it("is looked at again eight days after it was used last", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const due = async () => {
      const ids: string[] = [];
      for await (const { id } of uploads.catalog.dueReminders()) ids.push(id);
      return ids;
    };
    await content.plan();
    uploads.clock.now += 8 * 24 * hour;
    expect(await due()).toEqual([]);
    await content.plan();
    uploads.clock.now += 24 * hour;
    expect(await due()).toEqual([content.id]);
    uploads.clock.now += 8 * 24 * hour;
    expect(await due()).toEqual([content.id, content.id]);
  });

  it("that the store has lost is begun anew, and cannot be finalized", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const lose = async (uploadId: string) => {
      const version = (await content.read())?.upload?.version ?? "";
      await uploads.store.abortMultipartUpload(fileKey(content.id, version, "content"), uploadId);
    };
    const first = await content.plan();
    await lose(first.upload_id);
    const second = await content.plan();
    expect(second.upload_id).not.toBe(first.upload_id);
    await lose(second.upload_id);
    await expect(content.finalize([])).rejects.toEqual(noUpload);
    expect(await content.read()).toBeNull();
  });
});

describe("a plan", () => {
  it("has a URL of each part, in the order of the parts, however many there are", async () => {
    const uploads = await startUploads();
    const size = 5 * 1024 * 1024 * 201 + 7;
    const { urls } = await uploads.announce(makeContent(1)).plan({ size });
    expect(urls.map(({ PartNumber }) => PartNumber)).toEqual(
      Array.from({ length: 202 }, (_, index) => index + 1),
    );
    for (const { url } of urls) expect(url).toMatch(/^https:\/\/clips\.example\.com\/\w/);
  });

  it("has URLs that are good for as long as is set, and that a later plan begins anew", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const plan = await content.plan();
    uploads.clock.now += 59_000;
    await content.send(plan);
    uploads.clock.now += 1_000;
    await expect(content.send(plan)).rejects.toMatchObject({ code: "AccessDenied" });
    expect(await content.send(await content.plan())).toHaveLength(1);
  });

  it("ends with the client that has asked for it, also where it has very many URLs", async () => {
    const uploads = await startUploads();
    const leaving = new AbortController();
    let signed = 0;
    uploads.calls.presignParts = async () => () => {
      signed += 1;
      if (signed === 101) leaving.abort(new Error("The client has gone."));
      return "https://bucket.example.com/part";
    };
    const size = 5 * 1024 * 1024 * 1000;
    const content = uploads.announce(makeContent(1));
    const { urls } = await content.plan({ size: 1 });
    expect(urls).toEqual([{ PartNumber: 1, url: "https://bucket.example.com/part" }]);
    await expect(content.ask({ size }, leaving.signal)).rejects.toThrow("The client has gone.");
    expect(signed).toBe(101);
    await expect(content.ask({ size }, leaving.signal)).rejects.toThrow("The client has gone.");
    expect(signed).toBe(101);
  });
});

describe("finalizing", () => {
  it("parts that the engine does not find after all is refused with its words, and leaves no work", async () => {
    const uploads = await startUploads();
    const content = uploads.announce();
    const rows = await content.send(await content.plan());
    uploads.calls.completeMultipartUpload = async () => {
      throw new StoreError("InvalidPart", "part 1 is not there.");
    };
    await expect(content.finalize(rows)).rejects.toEqual(
      expect.objectContaining({ status: 400, message: "uploads: part 1 is not there." }),
    );
    expect(await uploads.listKeys("work/")).toEqual([]);
    uploads.calls.completeMultipartUpload = async () => {
      throw new Error("The disk is away.");
    };
    await expect(content.finalize(rows)).rejects.toThrow("The disk is away.");
    delete uploads.calls.completeMultipartUpload;
    expect(await content.finalize(rows)).toMatchObject({ status: "pending" });
  });
});
