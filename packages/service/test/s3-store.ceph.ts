import { createHash, randomBytes } from "node:crypto";
import { CompleteMultipartUploadCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, inject, test } from "vitest";
import type { S3Store } from "../src/store/s3/index.js";
import { openCephStore } from "./ceph-bucket.js";

const partSize = 5 * 1024 * 1024;
const key = "clips/one/v1/content";
const layout = { size: 10, partSize, contentType: "video/mp4" };

/** Seconds since 1970, in an hour. */
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

async function openUpload(store: S3Store, name = key) {
  const uploadId = await store.createMultipartUpload(name, layout);
  const sign = await store.presignParts({ key: name, uploadId, expires: inAnHour() });
  const send = async (partNumber: number, bytes: Uint8Array, headers?: Record<string, string>) => {
    const url = sign({ partNumber, contentLength: bytes.length });
    return fetch(url, { method: "PUT", body: Buffer.from(bytes), ...(headers && { headers }) });
  };
  return { uploadId, sign, send };
}

describe("a store in a bucket", () => {
  test("says what Ceph can do, and leaves nothing behind", async () => {
    const { store } = await openCephStore();
    expect(store.capabilities).toEqual({ conditionalPut: true, conditionalDelete: false });
    expect(store.deleteIfMatch).toBeUndefined();
    expect((await store.listObjects("")).objects).toEqual([]);
    expect((await store.listMultipartUploads("")).uploads).toEqual([]);
  });

  test("parts go to the bucket by URLs, and their content is read by one", async () => {
    const { store, bucket } = await openCephStore({ prefix: "team/videos" });
    const { uploadId, sign, send } = await openUpload(store);
    const first = randomBytes(partSize);
    const second = randomBytes(1234);
    expect((await send(1, first)).status).toBe(200);
    expect((await send(2, second)).status).toBe(200);
    const parts = await store.listParts(key, uploadId);
    const md5 = (bytes: Uint8Array) => `"${createHash("md5").update(bytes).digest("hex")}"`;
    expect(parts).toEqual([
      { partNumber: 1, etag: md5(first), size: partSize },
      { partNumber: 2, etag: md5(second), size: 1234 },
    ]);
    const url = new URL(sign({ partNumber: 1, contentLength: 5 }));
    expect(url.pathname).toBe(`/${bucket}/team/videos/${key}`);
    expect([...url.searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    await store.completeMultipartUpload(key, uploadId, parts);
    const download = await fetch(
      await store.presignGet(key, {
        ...{ expires: inAnHour(), contentType: "video/webm", cacheControl: "private" },
        contentDisposition: `attachment; filename="a b.mp4"`,
      }),
    );
    expect(download.headers.get("content-type")).toBe("video/webm");
    expect(download.headers.get("cache-control")).toBe("private");
    expect(download.headers.get("content-disposition")).toBe(`attachment; filename="a b.mp4"`);
    const whole = Buffer.concat([first, second]);
    expect(Buffer.from(await download.arrayBuffer()).equals(whole)).toBe(true);
  });

  test("a part of another length than its URL is signed for is refused", async () => {
    const { store } = await openCephStore();
    const { sign } = await openUpload(store);
    const url = sign({ partNumber: 1, contentLength: 5 });
    const response = await fetch(url, { method: "PUT", body: "123456" });
    expect(response.status).toBe(403);
    await response.arrayBuffer();
  });

  test("URLs are signed for the public endpoint, and end with the credentials", async () => {
    const now = Date.now();
    const expiration = now + 600_000;
    const { store } = await openCephStore({
      publicEndpoint: "https://videos.example.com",
      credentials: async () => ({
        ...inject("ceph").credentials,
        expiration: new Date(expiration),
      }),
    });
    const sign = await store.presignParts({ key, uploadId: "id", expires: now / 1000 + 3600 });
    const url = new URL(sign({ partNumber: 1, contentLength: 5 }));
    expect(url.origin).toBe("https://videos.example.com");
    // To the second, by the engine's clock.
    const signed = String(url.searchParams.get("X-Amz-Date"));
    const signedAt = Date.parse(signed.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
    const end = signedAt + Number(url.searchParams.get("X-Amz-Expires")) * 1000;
    expect(end).toBeLessThanOrEqual(expiration);
    expect(end).toBeGreaterThan(expiration - 2_000);
  });
});

describe("what Ceph gets wrong", () => {
  test("an empty ETag after Complete: the object has one", async () => {
    const { store, client, bucket } = await openCephStore();
    const { uploadId, send } = await openUpload(store);
    await (await send(1, Buffer.from("0123456789"))).arrayBuffer();
    const [part] = await store.listParts(key, uploadId);
    const answer = await client.send(
      new CompleteMultipartUploadCommand({
        ...{ Bucket: bucket, Key: key, UploadId: uploadId },
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part?.etag }] },
      }),
    );
    expect(answer.ETag ?? "").toBe("");
    const facts = await store.headObject(key);
    expect(facts?.etag).toMatch(/^"[0-9a-f]{32}-1"$/);
    expect(facts?.size).toBe(10);
    expect(facts).not.toHaveProperty("crc64nvme");
  });

  test.each(["unknown", "aborted"])("500 for an %s upload: NoSuchUpload", async (kind) => {
    const { store } = await openCephStore();
    const { uploadId, send } = await openUpload(store);
    await (await send(1, Buffer.from("0123456789"))).arrayBuffer();
    const parts = await store.listParts(key, uploadId);
    await store.abortMultipartUpload(key, uploadId);
    const id = kind === "unknown" ? "2~unknown" : uploadId;
    const missing = { name: "StoreError", code: "NoSuchUpload" };
    await expect(store.completeMultipartUpload(key, id, parts)).rejects.toMatchObject(missing);
    await expect(store.listParts(key, id)).rejects.toMatchObject(missing);
    await store.abortMultipartUpload(key, id);
  });

  test("two Completes at once: 200 and 500, and both callers find the object", async () => {
    const { store } = await openCephStore();
    for (let round = 0; round < 5; round += 1) {
      const name = `clips/${round}/content`;
      const { uploadId, send } = await openUpload(store, name);
      await (await send(1, Buffer.from("0123456789"))).arrayBuffer();
      const parts = await store.listParts(name, uploadId);
      const complete = () => store.completeMultipartUpload(name, uploadId, parts);
      const calls = await Promise.allSettled([complete(), complete(), complete()]);
      const reasons = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
      expect(reasons.length).toBeLessThan(calls.length);
      for (const reason of reasons) expect(reason).toMatchObject({ code: "NoSuchUpload" });
      expect((await store.headObject(name))?.size).toBe(10);
      await expect(store.listParts(name, uploadId)).rejects.toMatchObject({ code: "NoSuchUpload" });
    }
  });

  test("headers that are not signed: an ACL or a copy cannot be added to a part", async () => {
    const { store, bucket } = await openCephStore();
    await store.putObject("secret", "hidden");
    const { uploadId, send } = await openUpload(store);
    for (const headers of [
      { "x-amz-acl": "public-read" },
      { "x-amz-copy-source": `/${bucket}/secret` },
      { "x-amz-copy-source": `/${bucket}/secret`, "x-amz-copy-source-range": "bytes=0-0" },
    ]) {
      const response = await send(1, Buffer.alloc(0), headers);
      expect(response.status).toBe(403);
      await response.arrayBuffer();
    }
    expect(await store.listParts(key, uploadId)).toEqual([]);
  });

  test("an ETag in quotes never matches: it is sent without", async () => {
    const { store } = await openCephStore();
    const etag = await store.putObject("state.json", "1", { ifNoneMatch: "*" });
    const writers = Array.from({ length: 8 }, (_, index) =>
      store.putObject("state.json", `by ${index}`, { ifMatch: String(etag) }),
    );
    const won = (await Promise.all(writers)).filter((answer) => answer !== null);
    expect(won).toHaveLength(1);
    expect((await store.headObject("state.json"))?.etag).toBe(won[0]);
  });
});

test("objects are private, whatever their upload was sent with", async () => {
  const { store, client, bucket } = await openCephStore();
  await store.putObject("state.json", "{}");
  const { endpoint } = inject("ceph");
  expect((await fetch(`${endpoint}/${bucket}/state.json`)).status).toBe(403);
  const { ContentLength } = await client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: "state.json" }),
  );
  expect(ContentLength).toBe(2);
});
