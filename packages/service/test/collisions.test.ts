import { expect, it } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { one, other } from "./two-of-one-md5.js";
import { md5Hex, UploadClient } from "./upload-client.js";

async function read(url = ""): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

it("the contents are two, of one MD5 and one size", () => {
  expect(one.equals(other)).toBe(false);
  expect([md5Hex(one), one.length]).toEqual([md5Hex(other), other.length]);
});

it("each of two accounts has the content that it has sent, and its own clip", async () => {
  const service = await startTestService();
  const owner = new UploadClient(service, await signIn(service));
  const stranger = new UploadClient(service, await signIn(service));
  const first = await owner.uploadAndSettle(one);
  const second = await stranger.uploadAndSettle(other);
  expect(first.status).toBe("available");
  expect(second.status).toBe("available");
  expect(second.id).not.toBe(first.id);
  expect((await read(first.video_url ?? "")).equals(one)).toBe(true);
  expect((await read(second.video_url ?? "")).equals(other)).toBe(true);
});

it("within an account the first one stays what it was, and the second one is answered with it", async () => {
  const service = await startTestService();
  const client = new UploadClient(service, await signIn(service));
  const clip = await client.uploadAndSettle(one);
  const { body } = await client.plan(other);
  expect(body).toMatchObject({ _upload: false, data: [{ id: clip.id }] });
  expect((await read(clip.video_url ?? "")).equals(one)).toBe(true);
});
