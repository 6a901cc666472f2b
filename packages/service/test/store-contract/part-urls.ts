import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ContractContext } from "./context.js";
import { UploadUnderTest } from "./upload-under-test.js";

export function testPartUrls(use: () => ContractContext): void {
  describe("a part URL", () => {
    it("is relative where the service takes the part, and absolute otherwise", async () => {
      const upload = await UploadUnderTest.create(use());
      const url = await upload.urlOf(1);
      expect(URL.canParse(url)).toBe(upload.store.uploadPart === undefined);
      // A client that sends a plain body must not have to send a checksum as well.
      expect(url).not.toContain("checksum");
    });

    it("answers with the part's ETag, and again when the part is sent again", async () => {
      const upload = await UploadUnderTest.create(use());
      const etag = `"${createHash("md5").update(upload.part(1)).digest("hex")}"`;
      expect(await upload.send(1)).toMatchObject({ status: 200, etag });
      expect(await upload.send(1)).toMatchObject({ status: 200, etag });
    });

    it("is refused when it was changed", async () => {
      const { sendPart, ...context } = use();
      const upload = await UploadUnderTest.create({ sendPart, ...context });
      const url = await upload.urlOf(1);
      const changes = [
        url.replace("partNumber=1", "partNumber=2"),
        url.replace("/video", "/audio"),
        url.replace(upload.uploadId, "0".repeat(upload.uploadId.length)),
        url.replace(/([Ss]ignature=)./, (_, name) => `${name}${url.includes(`${name}0`) ? 1 : 0}`),
        url.replace(/&[^&]*[Ss]ignature=[^&]*/, ""),
      ];
      for (const changed of changes) {
        expect(changed).not.toBe(url);
        expect((await sendPart(changed, upload.part(1))).status).toBe(403);
      }
      expect(await upload.list()).toEqual([]);
    });

    it("is refused when it has expired", async () => {
      const context = use();
      const upload = await UploadUnderTest.create(context);
      const url = await upload.urlOf(1, Math.floor(Date.now() / 1000) - 60);
      // S3 has 400 for a URL that was never valid.
      expect([400, 403]).toContain((await context.sendPart(url, upload.part(1))).status);
      expect(await upload.list()).toEqual([]);
    });

    it("takes exactly the bytes that it was signed for", async () => {
      const context = use();
      const upload = await UploadUnderTest.create(context);
      const url = await upload.urlOf(3);
      const part = upload.part(3);
      const longer = Buffer.concat([part, Buffer.from("x")]);
      expect((await context.sendPart(url, part.subarray(1))).status).toBe(403);
      expect((await context.sendPart(url, longer)).status).toBe(403);
      expect((await context.sendPart(url, "")).status).toBe(403);
      expect(await upload.list()).toEqual([]);
    });

    it("refuses bytes that are not those of the Content-MD5 header", async () => {
      const context = use();
      const upload = await UploadUnderTest.create(context);
      const url = await upload.urlOf(3);
      const md5 = (text: Uint8Array) => createHash("md5").update(text).digest("base64");
      const send = (contentMd5: string) =>
        context.sendPart(url, upload.part(3), { "content-md5": contentMd5 });
      expect((await send(md5(Buffer.from("other")))).status).toBe(400);
      expect((await send("not an MD5")).status).toBe(400);
      expect(await upload.list()).toEqual([]);
      expect((await send(md5(upload.part(3)))).status).toBe(200);
      expect(await upload.list()).toHaveLength(1);
    });
  });
}
