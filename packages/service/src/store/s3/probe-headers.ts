import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.js";
import { describeSkew } from "./clock-skew.js";
import { Presigner } from "./presigner.js";

/** Milliseconds for one request. */
const timeLimit = 30_000;

/** Seconds that the URLs of a probe are valid for. */
const urlLifetime = 300;

/**
 * Finds out how the URL of a part can be kept from copying another object of the bucket, by the
 * header `x-amz-copy-source` that whoever has the URL could add. Returns whether the header has to be
 * signed as absent.
 *
 * @param folder a place below the bucket's prefix for objects that are removed again
 * @throws StoreUnavailableError when the URL of a part is not taken, as by a clock that is wrong, or the copy cannot be prevented
 */
export async function probeHeaders(bucket: Bucket, folder: string): Promise<boolean> {
  const { client, name, prefix } = bucket;
  const source = { Bucket: name, Key: `${prefix}${folder}/source` };
  const key = `${folder}/part`;
  const target = { Bucket: name, Key: `${prefix}${key}` };
  let clock: string | null = null;
  await client.send(new PutObjectCommand({ ...source, Body: "source" }));
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    for (const sealsHeaders of [true, false]) {
      const url = await signEmptyPart(bucket, { key, uploadId: UploadId, sealsHeaders });
      const plain = await send(url, {});
      if (!plain.ok) {
        clock = describeSkew(plain.headers.get("date"));
        continue;
      }
      const copySource = `/${source.Bucket}/${source.Key}`;
      if (!(await send(url, { "x-amz-copy-source": copySource })).ok) return sealsHeaders;
    }
  } finally {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
    await client.send(new DeleteObjectCommand(source)).catch(() => {});
  }
  if (clock !== null) {
    // The SDK corrects its own requests by what answers say, and no URL can be: it is valid until a time.
    throw bucket.unavailable(
      `it does not take the presigned URL of a part, because the clock of this machine is ${clock}; set it.`,
    );
  }
  throw bucket.unavailable(
    "its engine does not take the presigned URL of a part, or lets it copy other objects (x-amz-copy-source), so that clients could read what is not theirs; use another engine.",
  );
}

interface PartOfProbe {
  key: string;
  uploadId: string;
  sealsHeaders: boolean;
}

/** A part without bytes: Ceph copies into one of any other length only what has that length. */
async function signEmptyPart(bucket: Bucket, { key, uploadId, sealsHeaders }: PartOfProbe) {
  const presigner = new Presigner({ bucket, locate: bucket.url, sealsHeaders });
  const expires = Date.now() / 1000 + urlLifetime;
  const sign = await presigner.signParts({ key, uploadId, expires });
  return sign({ partNumber: 1, contentLength: 0 });
}

async function send(url: string, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(url, {
    ...{ method: "PUT", body: new Uint8Array(0), headers },
    signal: AbortSignal.timeout(timeLimit),
  });
  await response.arrayBuffer();
  return response;
}
