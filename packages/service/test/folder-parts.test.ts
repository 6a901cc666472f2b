import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createService } from "../src/index.js";
import { refusal, startUpload, storedParts } from "./part-refusals.js";
import { bodyOf, sendAndCut, sendRaw, sendThenRead } from "./raw-http.js";
import { makeFolder, openGround, type TestService } from "./start-test-service.js";
import {
  answerOf,
  chunkSize,
  first,
  makeContent,
  md5Hex,
  partOf,
  putPart,
} from "./upload-client.js";

/** The bytes of all open uploads on the disk. */
async function writtenSize(service: TestService): Promise<number> {
  const uploads = path.join(service.folder, "uploads");
  const ids = await readdir(uploads);
  const files = await Promise.all(ids.map((id) => stat(path.join(uploads, id, "content"))));
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Whether a raw answer is there with its JSON. */
const isWhole = (raw: string) => raw.includes("}");

/** Cuts the connection of a part when the service has begun to store it. */
async function cutPart(
  service: TestService,
  url: string,
  bytes: Uint8Array,
  isBegun: () => Promise<boolean>,
): Promise<void> {
  const head = headOf(url, `Content-Length: ${chunkSize}`);
  await sendAndCut(service.baseUrl, [head, bytes], isBegun);
}

function headOf(url: string, length: string): string {
  const { pathname, search, host } = new URL(url);
  return `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${length}\r\n\r\n`;
}

describe("a part URL of the service", () => {
  it("is refused with 403 when anything in it is changed", async () => {
    const { two, content, plan, client } = await startUpload();
    const other = first(await client.plan(makeContent(1000)));
    const part = partOf(content, 2);
    const changes: Record<string, (url: URL) => void> = {
      key: (url) => {
        url.pathname = url.pathname.replace(/[0-9a-f]{16}/, md5Hex(part).slice(16));
      },
      "upload id": (url) => url.searchParams.set("uploadId", other.upload_id),
      "part number": (url) => url.searchParams.set("partNumber", "1"),
      length: (url) => url.searchParams.set("length", "999"),
      expiry: (url) => url.searchParams.set("expires", "9999999999"),
      signature: (url) => url.searchParams.set("signature", "A".repeat(43)),
      "longer signature": (url) =>
        url.searchParams.set("signature", `${url.searchParams.get("signature")}A`),
      "no signature": (url) => url.searchParams.delete("signature"),
      "no query": (url) => {
        url.search = "";
      },
    };
    for (const [name, change] of Object.entries(changes)) {
      const url = new URL(two);
      change(url);
      expect([name, await refusal(url.href, part)]).toEqual([name, 403]);
    }
    expect((await putPart(two, part)).status).toBe(200);
    expect(plan.urls).toHaveLength(2);
    expect(await storedParts(client, content)).toEqual([2]);
  });

  it("needs a length", async () => {
    const { two, service } = await startUpload();
    const raw = await sendRaw(
      service.baseUrl,
      [headOf(two, "Transfer-Encoding: chunked"), "3e8\r\n", "x".repeat(1000), "\r\n0\r\n\r\n"],
      isWhole,
    );
    expect(raw).toMatch(/^HTTP\/1.1 411 /);
    expect(bodyOf(raw)).toMatchObject({ status: 411 });
    const none = await sendRaw(service.baseUrl, [headOf(two, "X: y")], isWhole);
    expect(none).toMatch(/^HTTP\/1.1 411 /);
  });

  it("stores nothing of a part whose connection was cut", async () => {
    const { client, service, one, content } = await startUpload();
    const half = content.subarray(0, chunkSize / 2);
    await cutPart(service, one, half, async () => (await writtenSize(service)) > 0);
    expect(await storedParts(client, content)).toEqual([]);
    expect(service.log.join("")).not.toContain('"level":50');
    expect((await putPart(one, partOf(content, 1))).status).toBe(200);
  });

  it("keeps the earlier bytes of a part when sending it again is cut", async () => {
    const { client, service, one, content, plan } = await startUpload();
    const uploads = await client.sendParts(plan, content);
    const temporary = path.join(service.folder, "temporary");
    const isBegun = async () => (await readdir(temporary)).length > 0;
    await cutPart(service, one, makeContent(chunkSize / 2), isBegun);
    await expect.poll(() => readdir(temporary)).toEqual([]);
    expect(await storedParts(client, content)).toEqual([1, 2]);
    expect((await client.finalize(content, uploads)).status).toBe(200);
  });
});

describe("a service without a socket", () => {
  it("refuses a part whose body does not have its Content-Length", async () => {
    const { store, accounts } = await openGround(await makeFolder(), true);
    const secret = "a secret of more than 32 characters";
    const service = await createService({ store, accounts, secret });
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
});

describe("an early refusal", () => {
  // What a client goes on sending is taken for 5 s. Here that time is over when a test says so.
  const { setTimeout } = globalThis;
  let endOfDrain: (() => void) | undefined;
  beforeEach(() => {
    endOfDrain = undefined;
    const hold = (work: (...given: unknown[]) => void, wait?: number, ...given: unknown[]) => {
      if (wait !== 5_000) return setTimeout(work, wait, ...given);
      endOfDrain = () => work(...given);
      return setTimeout(() => {}, 2 ** 31 - 1);
    };
    vi.stubGlobal("setTimeout", hold);
  });
  afterEach(() => void vi.unstubAllGlobals());

  async function startRefusing() {
    const { service, one } = await startUpload();
    const url = new URL(one);
    url.searchParams.set("signature", "wrong");
    return { service, url: url.href };
  }

  it("reaches a client that sends everything before it reads, and the connection ends", async () => {
    const { service, url } = await startRefusing();
    const body = Buffer.alloc(48 * 1024 * 1024);
    const head = headOf(url, `Content-Length: ${body.length}`);
    const raw = await sendThenRead(service.baseUrl, head, body);
    expect(raw).toMatch(/^HTTP\/1.1 403 /);
    expect(raw.toLowerCase()).toContain("connection: close");
    expect(bodyOf(raw)).toMatchObject({ status: 403 });
  });

  it("does not wait for ever for a client that stops sending", async () => {
    const { service, url } = await startRefusing();
    const head = headOf(url, `Content-Length: ${chunkSize}`);
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const sending = sendRaw(service.baseUrl, [head, "some"], (raw) => {
      if (isWhole(raw)) resolve();
      return false;
    });
    await answered;
    expect(endOfDrain).toBeDefined();
    endOfDrain?.();
    expect(bodyOf(await sending)).toMatchObject({ status: 403 });
  });
});
