import { createHash } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { computeFingerprint } from "../src/fingerprint/fingerprint.js";
import { HashWorkers } from "../src/fingerprint/hash-workers.js";
import { createUndiciTransport } from "../src/http/undici-transport.js";
import { countBufferBytes, type PartContent } from "../src/parts/body.js";
import {
  mayHaveExpired,
  type PartRequestOptions,
  putPart,
  storageOf,
} from "../src/parts/request.js";
import { allocateShared } from "../src/source/buffer-pool.js";
import { openSource } from "../src/source/source.js";
import { readBody, startServer } from "./http-server.js";

const mebibyte = 1024 * 1024;
const bytes = Buffer.from(Array.from({ length: 3 * mebibyte }, (_, index) => (index >> 10) % 251));

const workers = new HashWorkers();
let tape: Pick<PartContent, "source" | "fingerprint">;
beforeAll(async () => {
  const source = await openSource({
    ...{ name: "a.mp4", size: bytes.length },
    read: async (from: number, to: number) => bytes.subarray(from, to),
  });
  tape = { source, fingerprint: await computeFingerprint(workers, source, {}) };
});
afterAll(() => workers.close());

const hexOf = (data: Buffer) => createHash("md5").update(data).digest("hex");

interface Answer {
  status?: number;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

/** Storage that gives this answer to a part, and what it was sent. */
async function startStorage(answer: Answer = {}) {
  const seen: { request: IncomingMessage; body: Buffer }[] = [];
  const server = await startServer(async (request, response) => {
    const body = await readBody(request);
    seen.push({ request, body });
    const { status = 200, headers = { etag: `"${hexOf(body)}"` } } = answer;
    response.writeHead(status, headers).end(answer.body);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const transport = createUndiciTransport({ proxyEnv: {} });
  onTestFinished(() => transport.close?.());
  let sent = 0;
  return {
    ...{ seen, sent: () => sent },
    /** Puts the bytes from `start` on, `length` of them. */
    async put(
      [start, length]: [number, number] = [0, 5],
      options: Partial<PartRequestOptions> = {},
      query = "X-Amz-Signature=s1gnature",
    ) {
      const { source, fingerprint } = tape;
      const buffer = allocateShared(countBufferBytes(fingerprint));
      const content = {
        source,
        fingerprint,
        workers,
        buffer,
        readings: new Set<Promise<unknown>>(),
      };
      const part = { partNumber: 7, start, length, url: `${server.origin}/part?${query}` };
      return putPart(part, content, {
        ...{ transport, stallTimeout: 600_000 },
        onSent: (count) => {
          sent += count;
        },
        ...options,
      });
    },
  };
}

describe("the bytes of a part", () => {
  test.each<[number, number]>([
    [0, 5],
    [0, mebibyte],
    [0, mebibyte + 1],
    [mebibyte - 1, 2],
    [mebibyte, mebibyte],
    [100, 3 * mebibyte - 100],
    [3 * mebibyte - 1, 1],
  ])("from %i on, %i of them, arrive as they are", async (start, length) => {
    const storage = await startStorage();
    const part = bytes.subarray(start, start + length);
    expect(await storage.put([start, length])).toBe(`"${hexOf(part)}"`);
    const { request, body } = storage.seen[0] ?? expect.fail("nothing was sent");
    expect(body.equals(part)).toBe(true);
    expect(request.headers).toMatchObject({ "content-length": String(length) });
    expect(request.headers).not.toHaveProperty("content-type");
    expect(storage.sent()).toBe(length);
  });

  test("leave at the pace that is allowed, in pieces of at most 32 KiB", async () => {
    const storage = await startStorage();
    const paced: number[] = [];
    await storage.put([0, 80 * 1024], { pace: async (count) => void paced.push(count) });
    expect(paced).toEqual([32 * 1024, 32 * 1024, 16 * 1024]);
  });
});

describe("the MD5 of a part", () => {
  const md5 = hexOf(bytes.subarray(0, 5));
  const base64 = Buffer.from(md5, "hex").toString("base64");

  test.each([
    ["X-Amz-Signature=s", base64],
    ["AWSAccessKeyId=k&Signature=s", undefined],
    ["awsaccesskeyid=k&Signature=s", undefined],
    ["OSSAccessKeyId=k&Signature=s", undefined],
    ["GoogleAccessId=k&Signature=s", undefined],
    ["X-GoogleAccessId=k&Signature=s", base64],
    ["AccessKeyId-of=k", base64],
  ])("is sent with ?%s: %s", async (query, header) => {
    const storage = await startStorage();
    await storage.put([0, 5], { md5 }, query);
    expect(storage.seen[0]?.request.headers["content-md5"]).toBe(header);
  });

  test("is not sent where it is not known", async () => {
    const storage = await startStorage();
    await storage.put();
    expect(storage.seen[0]?.request.headers).not.toHaveProperty("content-md5");
  });

  const other = "0".repeat(32);
  test.each([
    [`"${md5}"`, {}],
    [md5.toUpperCase(), {}],
    // Not an MD5.
    [`"${other}-1"`, {}],
    [`"${other}0"`, {}],
    [`x${other}`, {}],
    [`"${other}"`, { "x-amz-server-side-encryption": "aws:kms" }],
    [`"${other}"`, { "x-amz-server-side-encryption": "aws:kms:dsse" }],
    [`"${other}"`, { "x-amz-server-side-encryption-customer-algorithm": "AES256" }],
  ])("is found in the ETag %s with %j, or not looked for", async (etag, headers) => {
    const storage = await startStorage({ headers: { etag, ...headers } });
    expect(await storage.put([0, 5], { md5 })).toBe(etag);
  });

  test.each([
    [`"${other}"`, {}],
    [other, {}],
    [`"${other}"`, { "x-amz-server-side-encryption": "AES256" }],
  ])("differs from the ETag %s with %j: other bytes are stored", async (etag, headers) => {
    const storage = await startStorage({ headers: { etag, ...headers } });
    await expect(storage.put([0, 5], { md5 })).rejects.toMatchObject({
      code: "part_mismatch",
      retryable: true,
    });
    expect(await storage.put()).toBe(etag);
  });
});

describe("an answer that is none to go on with", () => {
  test.each([{}, { etag: "" }])("has the headers %j", async (headers) => {
    const storage = await startStorage({ headers });
    await expect(storage.put()).rejects.toMatchObject({
      code: "bad_answer",
      retryable: true,
      message: expect.stringContaining("took part 7 without an ETag"),
    });
  });

  test.each([
    [401, "", "url_expired", false],
    [403, "", "url_expired", false],
    [404, "", "url_expired", false],
    [400, "<Error><Code>ExpiredToken</Code></Error>", "url_expired", false],
    [400, "<Error><Code>RequestTimeout</Code></Error>", "rejected", true],
    [400, "<Error><Code>EntityTooSmall</Code></Error>", "rejected", false],
    [201, "", "bad_answer", false],
    [503, "", "server_error", true],
  ])("has the status %i and says %j: %s", async (status, body, code, retryable) => {
    const headers = { "x-request-id": "req-1" };
    const storage = await startStorage({ status, body, headers });
    await expect(storage.put()).rejects.toMatchObject({ code, status, retryable });
  });

  test("may be the fault of the line where a checksum was sent with the bytes", async () => {
    const md5 = hexOf(bytes.subarray(0, 5));
    const headers = { "x-request-id": "req-1" };
    const bad = await startStorage({ status: 400, headers });
    await expect(bad.put([0, 5], { md5 })).rejects.toMatchObject({
      ...{ code: "rejected", status: 400, retryable: true, requestId: "req-1" },
    });
    const full = await startStorage({ status: 413 });
    await expect(full.put([0, 5], { md5 })).rejects.toMatchObject({ retryable: false });
  });

  test("has no signature in its message", async () => {
    const body = "<Error><Message>s1gnature does not match</Message></Error>";
    for (const status of [400, 403]) {
      const storage = await startStorage({ status, body });
      const error: unknown = await storage.put().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DirectUploadError);
      expect(String(error)).toContain("does not match");
      expect(String(error)).not.toContain("s1gnature");
    }
  });
});

test("an abort before or during a part is an abort, whatever the transport makes of it", async () => {
  const storage = await startStorage();
  await expect(storage.put([0, 5], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
  expect(storage.seen).toEqual([]);
  const controller = new AbortController();
  const pace = async () => controller.abort();
  const putting = storage.put([0, 5], { signal: controller.signal, pace });
  await expect(putting).rejects.toMatchObject({ code: "aborted" });
});

test("an expired URL and a reset may be mended by fresh URLs, other failures not", () => {
  const network = (code: string) =>
    new DirectUploadError("network", code, { cause: Object.assign(new Error(code), { code }) });
  const failures = [
    new DirectUploadError("url_expired", ""),
    network("ECONNRESET"),
    network("ECONNREFUSED"),
    new DirectUploadError("server_error", "", {
      cause: Object.assign(new Error(""), { code: "ECONNRESET" }),
    }),
  ];
  expect(failures.map(mayHaveExpired)).toEqual([true, true, false, false]);
});

test("storage is told apart by host and port", () => {
  const url = "https://s3.example.com:9000/part?x=1";
  expect(storageOf({ url })).toEqual({ host: "s3.example.com:9000", role: "storage" });
});
