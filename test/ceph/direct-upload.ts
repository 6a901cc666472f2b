import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const chunkSize = 5 * 1024 * 1024;
/** Seconds. */
const hour = 3600;

export interface BucketUploads {
  rootUrl: string;
  close(): Promise<void>;
}

/**
 * The DirectUpload calls that an upload needs, on a bucket, for tests and measurements with a real S3
 * engine. It accepts any credentials, and its plans do not report stored parts.
 *
 * @param expired parts whose URL in the first plan has expired already
 */
export async function startDirectUpload(
  client: S3Client,
  bucket: string,
  expired: readonly number[] = [],
): Promise<BucketUploads> {
  const uploadIds = new Map<string, string>();

  const answer = async (request: IncomingMessage) => {
    const url = new URL(request.url ?? "/", "http://test");
    const checksum = /directupload\/videoclip\/([0-9a-f]{32})/.exec(url.pathname)?.[1];
    if (checksum === undefined) {
      return url.pathname.includes("/login/app")
        ? { data: [{ access_key: "key", access_token: "token", id: "account" }] }
        : clip("clip");
    }
    const key = `${checksum}.mp4`;
    if (request.method === "GET") {
      const earlier = uploadIds.get(key);
      const uploadId = earlier ?? (await open(client, bucket, key));
      uploadIds.set(key, uploadId);
      const upload = { Bucket: bucket, Key: key, UploadId: uploadId };
      return createPlan(client, upload, url, earlier === undefined ? expired : []);
    }
    await complete(client, bucket, key, uploadIds.get(key), await readUploads(request));
    uploadIds.delete(key);
    return clip(checksum);
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(JSON.stringify({ _count: 1, ...body })),
      (error: Error) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    rootUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2.7/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function open(client: S3Client, Bucket: string, Key: string): Promise<string> {
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  return UploadId;
}

async function createPlan(
  client: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string },
  url: URL,
  expired: readonly number[],
) {
  const size = Number(url.searchParams.get("size"));
  const numbers = Array.from({ length: Math.ceil(size / chunkSize) }, (_, index) => index + 1);
  const urls = await Promise.all(
    numbers.map(async (PartNumber) => {
      const ContentLength = Math.min(chunkSize, size - (PartNumber - 1) * chunkSize);
      const part = new UploadPartCommand({ ...upload, PartNumber, ContentLength });
      const age = expired.includes(PartNumber) ? 2 * hour : 0;
      const signingDate = new Date(Date.now() - age * 1000);
      const options = { expiresIn: hour, signingDate };
      return { PartNumber, url: await getSignedUrl(client, part, options) };
    }),
  );
  const row = { upload_id: upload.UploadId, chunk_size: chunkSize, urls };
  return { _upload: true, data: [row] };
}

async function complete(
  client: S3Client,
  Bucket: string,
  Key: string,
  UploadId: string | undefined,
  Parts: { PartNumber: number; ETag: string }[],
): Promise<void> {
  const MultipartUpload = { Parts };
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

/** `uploads` is JSON in a form field, or in a JSON body an array or JSON text. */
async function readUploads(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = request.headers["content-type"]?.startsWith("application/json");
  const uploads = isJson ? JSON.parse(text).uploads : new URLSearchParams(text).get("uploads");
  return typeof uploads === "string" ? JSON.parse(uploads) : uploads;
}

function clip(id: string) {
  const pictures = { preview_gif: null, thumbnail_url: null };
  return {
    _upload: false,
    data: [{ id, url: `https://clips.test/${id}`, ...pictures, status: "available" }],
  };
}
