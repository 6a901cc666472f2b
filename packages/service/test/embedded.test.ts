import { describe, expect, it } from "vitest";
import { createService, FolderStore, openAccounts, type Service } from "../src/index.js";
import { makeFolder } from "./start-test-service.js";
import { answerOf, chunkSize, first, makeContent, md5Hex, partOf } from "./upload-client.js";

const secret = "a secret of more than 32 characters";

async function create(publicUrl?: string): Promise<{ service: Service; store: FolderStore }> {
  const folder = await makeFolder();
  const store = await FolderStore.open(folder, secret);
  const accounts = openAccounts(store);
  const base = { store, accounts, secret };
  const service = await createService(publicUrl === undefined ? base : { ...base, publicUrl });
  return { service, store };
}

describe("the service without a socket", () => {
  it.each([
    ["the origin of the request", undefined, "http://embedded/"],
    ["the public URL", "https://clips.example/video", "https://clips.example/video/"],
  ])("takes an upload, with addresses under %s", async (_, publicUrl, base) => {
    const { service, store } = await create(publicUrl);
    const { appId, appSecret } = await openAccounts(store).createApp();
    const call = async (path: string, init: RequestInit = {}) =>
      answerOf<Record<string, string>>(
        await service.fetch(new Request(`http://embedded/v2.7/${path}`, init)),
      );
    const signedIn = await call("login/app", {
      method: "POST",
      headers: { "X-PV-Meta-App": appId },
      body: new URLSearchParams({ app_secret: appSecret }),
    });
    const { access_key = "", access_token = "" } = first(signedIn);
    const headers = {
      "X-PV-Meta-App": appId,
      "X-Access-Key": access_key,
      "X-Access-Token": access_token,
    };
    const content = makeContent(chunkSize + 3);
    const path = `me/directupload/videoclip/${md5Hex(content)}`;
    const plan = first(await call(`${path}?size=${content.length}`, { headers })) as unknown as {
      urls: { PartNumber: number; url: string }[];
    };
    const uploads = [];
    for (const { PartNumber, url } of plan.urls) {
      expect(url).toMatch(new RegExp(`^${base}parts/`));
      const part = Buffer.from(partOf(content, PartNumber));
      const response = await service.fetch(
        new Request(url.replace(base, "http://embedded/"), {
          method: "PUT",
          headers: { "Content-Length": String(part.length) },
          body: part,
        }),
      );
      uploads.push({ PartNumber, ETag: response.headers.get("etag") });
    }
    const body = new URLSearchParams({ uploads: JSON.stringify(uploads) });
    const { id } = first(await call(path, { method: "POST", headers, body }));
    await service.settled();
    const clip = first(await call(`me/videoclips/${id}`, { headers }));
    expect(clip).toMatchObject({ status: "available", url: `${base}c/${id}` });
    const video = await service.fetch(new Request(`http://embedded/c/${id}/video`));
    expect(Buffer.from(await video.arrayBuffer()).equals(content)).toBe(true);
    await service.close();
  });

  it("refuses a part whose body does not have its Content-Length", async () => {
    const { service, store } = await create();
    const key = "acc/videoclip/md5/content";
    const layout = { size: 10, partSize: chunkSize, contentType: "video/mp4" };
    const uploadId = await store.createMultipartUpload(key, layout);
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const presign = await store.presignParts({ key, uploadId, expires });
    const url = new URL(presign({ partNumber: 1, contentLength: 10 }), "http://embedded/");
    for (const size of [9, 11]) {
      const answer = await answerOf(
        await service.fetch(
          new Request(url, {
            method: "PUT",
            headers: { "Content-Length": "10" },
            body: "x".repeat(size),
          }),
        ),
      );
      expect(answer.status).toBe(400);
    }
    expect(await store.listParts(key, uploadId)).toEqual([]);
  });

  it("needs a valid secret and a valid public URL", async () => {
    const store = await FolderStore.open(await makeFolder(), secret);
    const accounts = openAccounts(store);
    await expect(createService({ store, accounts, secret: "short" })).rejects.toThrow("secret");
    for (const publicUrl of ["clips.example", "ftp://clips.example", "https://a/?b"]) {
      await expect(createService({ store, accounts, secret, publicUrl })).rejects.toThrow(
        `publicUrl: "${publicUrl}`,
      );
    }
  });
});
