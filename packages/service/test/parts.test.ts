import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { refusal, startUpload, storedParts } from "./part-refusals.js";
import { signIn } from "./start-test-service.js";
import {
  chunkSize,
  first,
  makeContent,
  md5Hex,
  partOf,
  putPart,
  UploadClient,
} from "./upload-client.js";

function contentMd5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

describe("a part URL", () => {
  it("answers the MD5 of the bytes, in quotes, as the ETag", async () => {
    const { two, content } = await startUpload();
    const response = await putPart(two, partOf(content, 2));
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([
      200,
      `"${md5Hex(partOf(content, 2))}"`,
      "",
    ]);
  });

  it("is refused with 403 once it has expired", async () => {
    const { two, content } = await startUpload({ urlLifetime: 0 });
    expect(await refusal(two, partOf(content, 2))).toBe(403);
  });

  it("takes only the length that it was signed for", async () => {
    const { two, content, client } = await startUpload();
    expect(await refusal(two, content.subarray(0, 999))).toBe(403);
    expect(await refusal(two, content.subarray(0, 1001))).toBe(403);
    expect(await refusal(two, new Uint8Array())).toBe(403);
    expect(await storedParts(client, content)).toEqual([]);
  });

  it("honours Content-MD5 and stores nothing when it is wrong", async () => {
    const { two, content, client } = await startUpload();
    const part = partOf(content, 2);
    expect(await refusal(two, part, { "Content-MD5": contentMd5(content) })).toBe(400);
    expect(await refusal(two, part, { "Content-MD5": "nonsense" })).toBe(400);
    expect(await storedParts(client, content)).toEqual([]);
    const right = await putPart(two, part, { "Content-MD5": contentMd5(part) });
    expect(right.status).toBe(200);
  });

  it("can be used again, and replaces the bytes", async () => {
    const { client, content, plan, two } = await startUpload();
    await putPart(two, makeContent(1000));
    const uploads = await client.sendParts(plan, content);
    const clip = first(await client.finalize(content, uploads));
    await client.service.settled();
    expect(first(await client.call(`me/videoclips/${clip.id}`)).status).toBe("available");
  });

  it("may be used by two clients with the same content while one finalizes", async () => {
    const { client, service, content, plan } = await startUpload();
    const other = new UploadClient(service, client.session);
    const [first, second] = await Promise.all(
      [client, other].map((each) => each.sendParts(plan, content)),
    );
    const again = other.sendParts(plan, content);
    expect((await client.finalize(content, first)).status).toBe(200);
    await again.catch(() => {});
    expect((await other.finalize(content, second)).status).toBe(200);
    await service.settled();
  });

  it("is 404 after the upload was finalized", async () => {
    const { client, content, plan, two } = await startUpload();
    await client.finalize(content, await client.sendParts(plan, content));
    expect(await refusal(two, partOf(content, 2))).toBe(404);
  });

  it("is 404 after the upload was dropped for one of another size", async () => {
    const { client, content, two } = await startUpload();
    await client.plan(content, `size=${content.length + 1}`);
    expect(await refusal(two, partOf(content, 2))).toBe(404);
  });

  it("keeps the right bytes where many parts come in at once", async () => {
    const { service } = await startUpload();
    const client = new UploadClient(service, await signIn(service));
    const content = makeContent(4 * chunkSize + 17);
    const plan = first(await client.plan(content));
    const responses = await Promise.all(
      plan.urls.map(({ PartNumber, url }) => putPart(url, partOf(content, PartNumber))),
    );
    const uploads = responses.map((response, index) => ({
      PartNumber: index + 1,
      ETag: response.headers.get("etag"),
    }));
    const { id } = first(await client.finalize(content, uploads));
    await service.settled();
    const video = await fetch(`${service.baseUrl}c/${id}/video`);
    expect(md5Hex(new Uint8Array(await video.arrayBuffer()))).toBe(md5Hex(content));
  });
});
