import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CompletedPart } from "../../src/store/object-store.js";
import type { ContractContext } from "./context.js";
import { bytesOf } from "./read-body.js";
import { UploadUnderTest } from "./upload-under-test.js";

export function testUploads(use: () => ContractContext): void {
  describe("a multipart upload", () => {
    it("joins parts that came in any order", async () => {
      const upload = await UploadUnderTest.create(use());
      for (const number of [3, 1, 2]) await upload.send(number);
      expect(await upload.list()).toEqual(
        [1, 2, 3].map((partNumber) => ({
          partNumber,
          etag: etagOf(upload.part(partNumber)),
          size: upload.part(partNumber).length,
        })),
      );
      expect(await upload.store.headObject(upload.key)).toBeNull();
      await upload.complete(await upload.list());
      const object = await upload.store.getObject(upload.key);
      expect(object?.size).toBe(upload.content.length);
      expect((await bytesOf(object)).equals(upload.content)).toBe(true);
      expect(await upload.store.headObject(upload.key)).toMatchObject({ etag: object?.etag });
    });

    it("has no parts at first", async () => {
      const upload = await UploadUnderTest.create(use());
      expect(await upload.list()).toEqual([]);
    });

    it("takes one small part", async () => {
      const upload = await UploadUnderTest.create(use(), 5);
      await upload.send(1);
      await upload.complete(await upload.list());
      expect(await bytesOf(await upload.store.getObject(upload.key))).toEqual(upload.content);
    });

    it("takes a part again: the last one counts", async () => {
      const upload = await UploadUnderTest.create(use());
      for (const number of [1, 2, 3]) await upload.send(number);
      const before = await upload.list();
      const second = randomBytes(upload.part(2).length);
      const { etag } = await upload.send(2, second);
      expect(etag).toBe(etagOf(second));
      expect((await upload.list()).map((part) => part.etag)).toEqual(
        [upload.part(1), second, upload.part(3)].map(etagOf),
      );
      await expect(upload.complete(before)).rejects.toMatchObject({ code: "InvalidPart" });
      expect(await upload.store.headObject(upload.key)).toBeNull();
      await upload.complete(await upload.list());
      const expected = Buffer.concat([upload.part(1), second, upload.part(3)]);
      const stored = await bytesOf(await upload.store.getObject(upload.key));
      expect(stored.equals(expected)).toBe(true);
    });

    it("is not joined with a wrong ETag or a missing part, and then goes on", async () => {
      const upload = await UploadUnderTest.create(use());
      for (const number of [1, 3]) await upload.send(number);
      const wrong: CompletedPart = { partNumber: 2, etag: etagOf(Buffer.from("wrong")) };
      const [first, third] = await upload.list();
      if (!first || !third) throw new Error("Two parts are stored");
      const parts = [first, wrong, third];
      await expect(upload.complete(parts)).rejects.toMatchObject({ code: "InvalidPart" });
      await upload.send(2);
      await expect(upload.complete(parts)).rejects.toMatchObject({ code: "InvalidPart" });
      expect(await upload.store.headObject(upload.key)).toBeNull();
      await upload.complete(await upload.list());
      expect(await upload.store.headObject(upload.key)).toMatchObject({
        size: upload.content.length,
      });
    });

    it("is gone when it is joined, and joining it again changes nothing", async () => {
      const upload = await UploadUnderTest.create(use());
      for (const number of [1, 2, 3]) await upload.send(number);
      const parts = await upload.list();
      await upload.complete(parts);
      const again = await Promise.allSettled([upload.complete(parts)]);
      for (const reason of reasonsOf(again)) expect(reason).toMatchObject(unknownUpload);
      await expect(upload.list()).rejects.toMatchObject({ code: "NoSuchUpload" });
      const stored = await bytesOf(await upload.store.getObject(upload.key));
      expect(stored.equals(upload.content)).toBe(true);
    });

    it("is joined by two calls at once, of which one may find no upload", async () => {
      const upload = await UploadUnderTest.create(use());
      for (const number of [1, 2, 3]) await upload.send(number);
      const parts = await upload.list();
      const results = await Promise.allSettled([upload.complete(parts), upload.complete(parts)]);
      const reasons = reasonsOf(results);
      expect(reasons.length).toBeLessThan(2);
      for (const reason of reasons) expect(reason).toMatchObject(unknownUpload);
      const stored = await bytesOf(await upload.store.getObject(upload.key));
      expect(stored.equals(upload.content)).toBe(true);
    });

    it("is unknown when it is aborted", async () => {
      const upload = await UploadUnderTest.create(use());
      await upload.send(1);
      const parts = await upload.list();
      await upload.store.abortMultipartUpload(upload.key, upload.uploadId);
      await upload.store.abortMultipartUpload(upload.key, upload.uploadId);
      await expect(upload.list()).rejects.toMatchObject({ code: "NoSuchUpload" });
      await expect(upload.complete(parts)).rejects.toMatchObject({ code: "NoSuchUpload" });
      expect((await upload.sendRaw(2)).status).toBe(404);
      expect(await upload.store.headObject(upload.key)).toBeNull();
    });

    it("is unknown under another key or id", async () => {
      const upload = await UploadUnderTest.create(use());
      const { store, uploadId, key } = upload;
      const unknown = { code: "NoSuchUpload" };
      await expect(store.listParts(`${key}x`, uploadId)).rejects.toMatchObject(unknown);
      for (const id of [
        "../objects",
        "x",
        uploadId.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
      ]) {
        await expect(store.listParts(key, id)).rejects.toMatchObject(unknown);
        await expect(
          store.completeMultipartUpload(key, id, [{ partNumber: 1, etag: '"x"' }]),
        ).rejects.toMatchObject(unknown);
        await store.abortMultipartUpload(key, id);
      }
      expect(await upload.list()).toEqual([]);
    });
  });

  describe("the open uploads", () => {
    it("are listed by prefix, in pages, until they are joined or aborted", async () => {
      const context = use();
      const prefix = context.makePrefix();
      const uploads = [];
      for (const name of ["a", "b", "c", "d"]) {
        uploads.push(await UploadUnderTest.create(context, 5, prefix + name));
      }
      const other = await UploadUnderTest.create(context, 5);
      const listed = await listUploads(context, prefix, 3);
      expect(listed.map(({ key }) => key).sort()).toEqual(uploads.map(({ key }) => key));
      expect(listed.map(({ uploadId }) => uploadId).sort()).toEqual(
        uploads.map(({ uploadId }) => uploadId).sort(),
      );
      expect(listed.every(({ initiated }) => initiated instanceof Date)).toBe(true);
      const [first, second, ...rest] = uploads;
      await first?.send(1);
      await first?.complete(await first.list());
      await second?.abort();
      const remaining = await listUploads(context, prefix, 1_000);
      expect(remaining.map(({ key }) => key).sort()).toEqual(rest.map(({ key }) => key));
      for (const upload of [...rest, other]) await upload.abort();
      expect(await listUploads(context, prefix, 1_000)).toEqual([]);
    });
  });
}

async function listUploads({ store }: ContractContext, prefix: string, maxUploads: number) {
  const uploads = [];
  for (let after: string | null = ""; after !== null; ) {
    const from: { after?: string } = after === "" ? {} : { after };
    const page = await store.listMultipartUploads(prefix, { maxUploads, ...from });
    expect(page.uploads.length).toBeLessThanOrEqual(maxUploads);
    uploads.push(...page.uploads);
    after = page.next;
  }
  return uploads;
}

const unknownUpload = { code: "NoSuchUpload" };

function reasonsOf(results: PromiseSettledResult<void>[]): unknown[] {
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

function etagOf(content: Uint8Array): string {
  return `"${createHash("md5").update(content).digest("hex")}"`;
}
