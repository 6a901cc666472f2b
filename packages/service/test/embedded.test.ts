import { describe, expect, it } from "vitest";
import { createService, type ObjectStore, openAccounts, type Service } from "../src/index.js";
import { makeFolder, openGround } from "./start-test-service.js";
import { isOnBucket } from "./test-ground.js";
import { answerOf, chunkSize, first, makeContent, md5Hex, partOf } from "./upload-client.js";

const secret = "a secret of more than 32 characters";

async function create(publicUrl?: string): Promise<{ service: Service; store: ObjectStore }> {
  const { store, accounts } = await openGround(await makeFolder(), true);
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
      if (!isOnBucket()) expect(url).toMatch(new RegExp(`^${base}parts/`));
      const part = Buffer.from(partOf(content, PartNumber));
      const headers = { "Content-Length": String(part.length) };
      const request = new Request(url.replace(base, "http://embedded/"), {
        ...{ method: "PUT", headers, body: part },
      });
      const response = await (isOnBucket() ? fetch(request) : service.fetch(request));
      uploads.push({ PartNumber, ETag: response.headers.get("etag") });
    }
    const body = new URLSearchParams({ uploads: JSON.stringify(uploads) });
    const { id } = first(await call(path, { method: "POST", headers, body }));
    await service.settled();
    const clip = first(await call(`me/videoclips/${id}`, { headers }));
    expect(clip).toMatchObject({ status: "available", url: `${base}c/${id}` });
    const answer = await service.fetch(new Request(`http://embedded/c/${id}/video`));
    const video = isOnBucket() ? await fetch(answer.headers.get("location") ?? "") : answer;
    expect(Buffer.from(await video.arrayBuffer()).equals(content)).toBe(true);
    await service.close();
  });

  it("needs a valid secret and a valid public URL", async () => {
    const { store, accounts } = await openGround(await makeFolder(), true);
    await expect(createService({ store, accounts, secret: "short" })).rejects.toThrow("secret");
    for (const publicUrl of ["clips.example", "ftp://clips.example", "https://a/?b"]) {
      await expect(createService({ store, accounts, secret, publicUrl })).rejects.toThrow(
        `publicUrl: "${publicUrl}`,
      );
    }
  });
});
