import { expect, it } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { md5Hex, UploadClient } from "./upload-client.js";

// Two contents of one MD5, published by Wang, Feng, Lai and Yu in 2004.
const common = {
  a: "d131dd02c5e6eec4693d9a0698aff95c2fcab5",
  b: "712467eab4004583eb8fb7f8955ad340609f4b30283e4888325",
  c: "1415a085125e8f7cdc99fd91dbd",
  d: "280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2",
  e: "487da03fd02396306d248cda0e99f33420f577ee8ce54b67080",
  f: "80d1ec69821bcb6a8839396f965",
  g: "b6ff72a70",
};
const { a, b, c, d, e, f, g } = common;
const one = Buffer.from(`${a}8${b}7${c}f${d}b${e}a${f}2${g}`, "hex");
const other = Buffer.from(`${a}0${b}f${c}7${d}3${e}2${f}a${g}`, "hex");

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
