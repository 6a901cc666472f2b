import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.js";
import { probeHeaders } from "./probe-headers.js";
import { statusOf } from "./s3-failure.js";

/** What an engine was seen to do with throw-away objects. */
export interface EngineHabits {
  /** Whether PutObject honours both conditions. */
  conditionalPut: boolean;
  /** How `If-Match` wants an ETag: AWS and R2 take it with its quotes, Ceph 16 only without. */
  etagQuotes: boolean;
  /** Whether DeleteObject honours `If-Match`, which Ceph ignores. */
  conditionalDelete: boolean;
  /** Whether CompleteMultipartUpload honours `If-None-Match: *`. */
  conditionalComplete: boolean;
  /** Whether the engine computes the CRC64NVME of an object that is stored in parts. */
  crc64nvme: boolean;
  /**
   * Whether headers that a request must not carry can be signed as absent. It is so on Ceph, which
   * applies headers that are not signed; AWS refuses these.
   */
  sealsHeaders: boolean;
}

type Attempt = "done" | "refused" | "unknown";

/** The object that a probe works with. */
interface Target {
  client: S3Client;
  Bucket: string;
  Key: string;
}

/**
 * Finds out what the engine does, with objects below `probe/` that are removed again. Engines differ,
 * and what they ignore looks like success.
 *
 * @throws StoreUnavailableError when not even a plain object can be stored, or when the URL of a part
 *   cannot be kept from copying other objects
 */
export async function probeEngine(bucket: Bucket): Promise<EngineHabits> {
  return bucket.call(async (client) => {
    const folder = `probe/${randomUUID()}`;
    const Bucket = bucket.name;
    const single: Target = { client, Bucket, Key: `${bucket.prefix}${folder}/object` };
    const joined: Target = { client, Bucket, Key: `${bucket.prefix}${folder}/parts` };
    try {
      const puts = await probePuts(single);
      const conditionalDelete = await probeDelete(single, puts.etagQuotes);
      const sealsHeaders = await probeHeaders(bucket, folder);
      return { ...puts, conditionalDelete, sealsHeaders, ...(await probeParts(joined)) };
    } finally {
      await remove(single);
      await remove(joined);
    }
  });
}

async function probePuts(target: Target) {
  const created = await put(target, { IfNoneMatch: "*" });
  if (created !== "done") {
    // Without this a bucket that cannot be written to would look like one without conditions.
    await write(target, {});
    return { conditionalPut: false, etagQuotes: true };
  }
  const keeps = (await put(target, { IfNoneMatch: "*" })) === "refused";
  const refuses = (await put(target, { IfMatch: wrongEtag })) === "refused";
  const etag = await write(target, {});
  const etagQuotes = (await put(target, { IfMatch: etag })) === "done";
  const replaces = etagQuotes || (await put(target, { IfMatch: stripQuotes(etag) })) === "done";
  return { conditionalPut: keeps && refuses && replaces, etagQuotes };
}

async function probeDelete({ client, ...object }: Target, etagQuotes: boolean): Promise<boolean> {
  const IfMatch = etagQuotes ? wrongEtag : stripQuotes(wrongEtag);
  const deleted = await attempt(client.send(new DeleteObjectCommand({ ...object, IfMatch })));
  return deleted === "refused";
}

async function probeParts(target: Target) {
  const { client, ...object } = target;
  const crc = await attempt(joinOnePart(target, { crc64nvme: true, IfNoneMatch: undefined }));
  if (crc !== "done") await joinOnePart(target, { crc64nvme: false, IfNoneMatch: undefined });
  const head = new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" });
  const { ChecksumCRC64NVME } = await client.send(head);
  const again = await attempt(joinOnePart(target, { crc64nvme: false, IfNoneMatch: "*" }));
  return {
    crc64nvme: crc === "done" && ChecksumCRC64NVME !== undefined,
    conditionalComplete: again === "refused",
  };
}

interface JoinOptions {
  crc64nvme: boolean;
  IfNoneMatch: "*" | undefined;
}

async function joinOnePart({ client, ...object }: Target, options: JoinOptions): Promise<void> {
  const checksum = options.crc64nvme ? crc64nvmeOfObject : {};
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...object, ...checksum }),
  );
  const upload = { ...object, UploadId };
  try {
    // Like the parts of clients: without a checksum of its own.
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: "part" });
    const { ETag } = await client.send(part);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const { IfNoneMatch } = options;
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfNoneMatch }),
    );
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

/** How CreateMultipartUpload asks for the checksum of the whole object. */
export const crc64nvmeOfObject = {
  ChecksumAlgorithm: "CRC64NVME",
  ChecksumType: "FULL_OBJECT",
} as const;

/** What some engines expect in `If-Match`, where S3 and HTTP have the ETag in quotes. */
export function stripQuotes(etag: string): string {
  return etag.replace(/^"|"$/g, "");
}

const wrongEtag = `"${"0".repeat(32)}"`;

interface PutConditions {
  IfMatch?: string;
  IfNoneMatch?: "*";
}

async function write({ client, ...object }: Target, conditions: PutConditions): Promise<string> {
  // Each time other bytes, so that each time has another ETag.
  const Body = randomUUID();
  const { ETag } = await client.send(new PutObjectCommand({ ...object, Body, ...conditions }));
  return ETag ?? "";
}

function put(target: Target, conditions: PutConditions): Promise<Attempt> {
  return attempt(write(target, conditions));
}

/** Any other answer than success or 412 means that the engine does not know what it was asked. */
async function attempt(call: Promise<unknown>): Promise<Attempt> {
  try {
    await call;
    return "done";
  } catch (error) {
    const status = statusOf(error);
    if (status === 412) return "refused";
    if (status === 400 || status === 501) return "unknown";
    throw error;
  }
}

async function remove({ client, ...object }: Target): Promise<void> {
  await client.send(new DeleteObjectCommand(object)).catch(() => {});
}
