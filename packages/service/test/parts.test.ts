import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bodyOf, sendAndCut, sendRaw, sendThenRead } from "./raw-http.js";
import { signIn, startTestService, type TestService } from "./start-test-service.js";
import {
  answerOf,
  chunkSize,
  first,
  makeContent,
  md5Hex,
  partOf,
  putPart,
  UploadClient,
} from "./upload-client.js";

async function start(options = {}) {
  const service = await startTestService(options);
  const client = new UploadClient(service, await signIn(service));
  const content = makeContent(chunkSize + 1000);
  const plan = first(await client.plan(content));
  const [one, two] = plan.urls;
  return { service, client, content, plan, one: one?.url ?? "", two: two?.url ?? "" };
}

function contentMd5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

async function refusal(url: string, part: Uint8Array, headers: Record<string, string> = {}) {
  const { status, body } = await answerOf(await putPart(url, part, headers));
  expect(body).toEqual({ error: { message: expect.any(String) }, status });
  return status;
}

/** The numbers of the parts that are stored. */
async function storedParts(client: UploadClient, content: Uint8Array): Promise<number[]> {
  const { parts = [] } = first(await client.plan(content));
  return parts.map((part) => part.PartNumber);
}

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

describe("a part URL", () => {
  it("answers the MD5 of the bytes, in quotes, as the ETag", async () => {
    const { two, content } = await start();
    const response = await putPart(two, partOf(content, 2));
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([
      200,
      `"${md5Hex(partOf(content, 2))}"`,
      "",
    ]);
  });

  it("is refused with 403 when anything in it is changed", async () => {
    const { two, content, plan, client } = await start();
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

  it("is refused with 403 once it has expired", async () => {
    const { two, content } = await start({ urlLifetime: 0 });
    expect(await refusal(two, partOf(content, 2))).toBe(403);
  });

  it("takes only the length that it was signed for", async () => {
    const { two, content, client } = await start();
    expect(await refusal(two, content.subarray(0, 999))).toBe(403);
    expect(await refusal(two, content.subarray(0, 1001))).toBe(403);
    expect(await refusal(two, new Uint8Array())).toBe(403);
    expect(await storedParts(client, content)).toEqual([]);
  });

  it("needs a length", async () => {
    const { two, service } = await start();
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

  it("honours Content-MD5 and stores nothing when it is wrong", async () => {
    const { two, content, client } = await start();
    const part = partOf(content, 2);
    expect(await refusal(two, part, { "Content-MD5": contentMd5(content) })).toBe(400);
    expect(await refusal(two, part, { "Content-MD5": "nonsense" })).toBe(400);
    expect(await storedParts(client, content)).toEqual([]);
    const right = await putPart(two, part, { "Content-MD5": contentMd5(part) });
    expect(right.status).toBe(200);
  });

  it("can be used again, and replaces the bytes", async () => {
    const { client, content, plan, two } = await start();
    await putPart(two, makeContent(1000));
    const uploads = await client.sendParts(plan, content);
    const clip = first(await client.finalize(content, uploads));
    await client.service.settled();
    expect(first(await client.call(`me/videoclips/${clip.id}`)).status).toBe("available");
  });

  it("stores nothing of a part whose connection was cut", async () => {
    const { client, service, one, content } = await start();
    const half = content.subarray(0, chunkSize / 2);
    await cutPart(service, one, half, async () => (await writtenSize(service)) > 0);
    expect(await storedParts(client, content)).toEqual([]);
    expect(service.log.join("")).not.toContain('"level":50');
    expect((await putPart(one, partOf(content, 1))).status).toBe(200);
  });

  it("keeps the earlier bytes of a part when sending it again is cut", async () => {
    const { client, service, one, content, plan } = await start();
    const uploads = await client.sendParts(plan, content);
    const temporary = path.join(service.folder, "temporary");
    const isBegun = async () => (await readdir(temporary)).length > 0;
    await cutPart(service, one, makeContent(chunkSize / 2), isBegun);
    await expect.poll(() => readdir(temporary)).toEqual([]);
    expect(await storedParts(client, content)).toEqual([1, 2]);
    expect((await client.finalize(content, uploads)).status).toBe(200);
  });

  it("may be used by two clients with the same content while one finalizes", async () => {
    const { client, service, content, plan } = await start();
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
    const { client, content, plan, two } = await start();
    await client.finalize(content, await client.sendParts(plan, content));
    expect(await refusal(two, partOf(content, 2))).toBe(404);
  });

  it("is 404 after the upload was dropped for one of another size", async () => {
    const { client, content, two } = await start();
    await client.plan(content, `size=${content.length + 1}`);
    expect(await refusal(two, partOf(content, 2))).toBe(404);
  });

  it("keeps the right bytes where many parts come in at once", async () => {
    const { service } = await start();
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
    const { service, one } = await start();
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
