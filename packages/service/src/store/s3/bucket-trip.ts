import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Bucket } from "./bucket.js";
import { type BucketFinding, findOut } from "./bucket-report.js";
import { Presigner } from "./presigner.js";
import { type EngineHabits, probeEngine } from "./probe.js";
import { S3Objects } from "./s3-objects.js";
import { S3Uploads } from "./s3-uploads.js";

/** Milliseconds for one request. */
const timeLimit = 60_000;

/** What S3 takes at least for a part that is not the last. */
const partSize = 5 * 1024 * 1024;

/** Tries what the service does with a bucket: conditions, an upload by URLs, and reading ranges. */
export async function testRoundTrip(bucket: Bucket): Promise<BucketFinding[]> {
  let habits: EngineHabits | undefined;
  const writes = await findOut("reading and writing", "failed", async () => {
    habits = await probeEngine(bucket);
    return "objects are written, read and deleted, and part URLs cannot copy other objects";
  });
  if (habits === undefined) return [writes];
  const { conditionalPut, crc64nvme } = habits;
  const known = habits;
  return [
    writes,
    conditionalPut
      ? { what: "conditions", state: "ok", detail: "several processes may use the bucket" }
      : {
          ...{ what: "conditions", state: "failed" },
          detail: "the engine ignores conditions on writes: only one process may use the bucket",
        },
    await findOut("upload by URL", "failed", () => tryUpload(bucket, known)),
    {
      ...{ what: "checksum", state: crc64nvme ? "ok" : "missing" },
      detail: crc64nvme
        ? "the engine computes the CRC64NVME of videos"
        : "the engine computes none of whole videos; the service computes their MD5 anyway",
    },
  ];
}

async function tryUpload(bucket: Bucket, habits: EngineHabits): Promise<string> {
  const uploads = new S3Uploads(bucket, habits);
  const objects = new S3Objects(bucket, habits);
  const { sealsHeaders } = habits;
  const presigner = new Presigner({ bucket, locate: bucket.publicUrl, sealsHeaders });
  const expires = Date.now() / 1000 + 600;
  const key = `probe/${randomUUID()}`;
  const parts = [randomBytes(partSize), randomBytes(1000)];
  const layout = { size: partSize + 1000, partSize, contentType: "video/mp4" };
  const uploadId = await uploads.create(key, layout);
  try {
    const sign = await presigner.signParts({ key, uploadId, expires });
    for (const [index, part] of parts.entries()) {
      const url = sign({ partNumber: index + 1, contentLength: part.length });
      await request(bucket, url, { method: "PUT", body: part });
    }
    await uploads.complete(key, uploadId, await uploads.listParts(key, uploadId));
    const get = await presigner.signGet(key, { expires });
    const range = { range: `bytes=${partSize - 1}-${partSize + 1}` };
    const piece = await request(bucket, get, { headers: range });
    const expected = Buffer.concat(parts).subarray(partSize - 1, partSize + 2);
    if (!piece.equals(expected)) throw bucket.unavailable("a range came back as other bytes.");
    const whole = await request(bucket, get, {});
    if (digest(whole) !== digest(Buffer.concat(parts))) {
      throw bucket.unavailable("an object came back as other bytes.");
    }
    return `two parts were sent to ${new URL(get).origin}, joined, and read in ranges`;
  } finally {
    await uploads.abort(key, uploadId).catch(() => {});
    await objects.deleteMany([key]);
  }
}

async function request(bucket: Bucket, url: string, init: RequestInit): Promise<Buffer> {
  const { method = "GET" } = init;
  const { origin } = new URL(url);
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeLimit) });
    const body = Buffer.from(await response.arrayBuffer());
    if (response.ok) return body;
    throw bucket.unavailable(
      `${method} by a presigned URL at ${origin} was refused with ${response.status}.`,
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw bucket.unavailable(`${origin} does not answer; check the public endpoint.`, error);
  }
}

function digest(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
