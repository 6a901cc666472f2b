import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DirectUploadClient, type RetryEvent } from "@clipcourier/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { rushClock } from "../clock.ts";
import { type FaultFront, startFaultFront } from "../faults/fault-front.ts";
import { corruptBody, loseAnswer, resetMidBody } from "../faults/faults.ts";
import type { Rule } from "../faults/script.ts";
import { type Ceph, startCeph } from "./ceph.ts";
import { startDirectUpload } from "./direct-upload.ts";

const partSize = 5 * 1024 * 1024;
const bucket = "clips";
let ceph: Ceph;
let front: FaultFront;
let s3: S3Client;

beforeAll(async () => {
  ceph = await startCeph();
  // The signature covers the host, so the URLs are signed for the front that requests pass through.
  front = await startFaultFront({ upstream: ceph.endpoint });
  s3 = new S3Client({
    endpoint: front.origin,
    region: ceph.region,
    credentials: { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey },
    forcePathStyle: true,
    // Otherwise the presigned URLs require the CRC32 of an empty body.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});

afterAll(async () => {
  s3.destroy();
  await front.close();
  await ceph.stop();
});

async function startUploads(options: { expired?: number[]; stateFolder?: string } = {}) {
  const service = await startDirectUpload(s3, bucket, options.expired);
  const retries: RetryEvent[] = [];
  const client = new DirectUploadClient({
    ...{ rootUrl: service.rootUrl, appId: "test", appSecret: "test", proxyEnv: {} },
    stateFolder: options.stateFolder,
    retry: { minDelay: 5, maxDelay: 40 },
  });
  onTestFinished(async () => {
    front.script([]);
    await client.close();
    await service.close();
  });
  front.clearLog();
  return { client, retries, onRetry: (event: RetryEvent) => void retries.push(event) };
}

async function readObject(checksum: string): Promise<Buffer> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${checksum}.mp4` }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

describe("on a real S3 engine", () => {
  test.each([1, partSize - 1, partSize, partSize + 1, 3 * partSize + 17])(
    "%i bytes arrive as they are",
    async (size) => {
      const { client } = await startUploads();
      const bytes = randomBytes(size);
      const { checksum, attempts } = await client.upload(bytes);
      expect(attempts).toBe(Math.ceil(size / partSize));
      expect((await readObject(checksum)).equals(bytes)).toBe(true);
    },
  );

  test("verified parts are accepted, and their ETags are valid", async () => {
    const { client, retries, onRetry } = await startUploads();
    const bytes = randomBytes(2 * partSize + 1);
    const { checksum } = await client.upload(bytes, { verifyParts: true, onRetry });
    expect((await readObject(checksum)).equals(bytes)).toBe(true);
    expect(retries).toEqual([]);
  });

  test.each<[string, number, Rule, boolean]>([
    [
      "damaged bytes are refused by Content-MD5 (BadDigest)",
      1000,
      { when: { part: 1 }, fault: corruptBody({ offset: 5 }) },
      false,
    ],
    [
      "damaged bytes of a verified part are refused",
      2 * partSize,
      { when: { part: 2 }, fault: corruptBody({ offset: 5 }) },
      true,
    ],
    [
      "a reset in the middle of a part",
      2 * partSize,
      { when: { part: 2 }, fault: resetMidBody({ afterBytes: 99_999 }) },
      false,
    ],
    [
      "an answer that was lost after the part was stored",
      2 * partSize,
      { when: { part: 1 }, fault: loseAnswer() },
      false,
    ],
  ])("%s: sent again", async (_, size, rule, verifyParts) => {
    const { client, retries, onRetry } = await startUploads();
    front.script([rule]);
    const bytes = randomBytes(size);
    const { checksum } = await client.upload(bytes, { verifyParts, onRetry });
    expect((await readObject(checksum)).equals(bytes)).toBe(true);
    expect(retries).toHaveLength(1);
  });

  test("URLs that really expire are renewed, and stored parts are kept", async () => {
    const { client, retries, onRetry } = await startUploads({ expired: [2] });
    const bytes = randomBytes(2 * partSize + 5);
    const { checksum } = await client.upload(bytes, { concurrency: 1, onRetry });
    expect((await readObject(checksum)).equals(bytes)).toBe(true);
    // The gateway closes the connection while the part is being sent, so its answer may be lost.
    expect(retries.filter(({ what }) => what === "the plan")).toHaveLength(1);
    expect(front.log.filter(({ part }) => part === 1)).toHaveLength(1);
  });

  test("an upload that was stopped continues from its journal", async () => {
    const stateFolder = await mkdtemp(join(tmpdir(), "clipcourier-test-"));
    onTestFinished(() => rm(stateFolder, { recursive: true }));
    const { client } = await startUploads({ stateFolder });
    const bytes = randomBytes(4 * partSize);
    const controller = new AbortController();
    rushClock();
    const stopped = client.upload(bytes, {
      concurrency: 1,
      signal: controller.signal,
      onProgress: ({ acknowledged }) => acknowledged > partSize && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    const { checksum, bytesReused } = await client.upload(bytes);
    expect(bytesReused).toBeGreaterThanOrEqual(2 * partSize);
    expect((await readObject(checksum)).equals(bytes)).toBe(true);
  });
});
