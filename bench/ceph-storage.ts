import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startCeph } from "@clipcourier/test/ceph/ceph.ts";
import { startDirectUpload } from "@clipcourier/test/ceph/direct-upload.ts";
import type { Storage } from "./storage.ts";

const bucket = "bench";

/** A Ceph RADOS Gateway in memory, and a DirectUpload service that presigns URLs to it. */
export async function cephStorage(): Promise<Storage> {
  const ceph = await startCeph();
  const client = new S3Client({
    endpoint: ceph.endpoint,
    region: ceph.region,
    credentials: { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey },
    forcePathStyle: true,
    // Otherwise the presigned URLs require the CRC32 of an empty body.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const service = await startDirectUpload(client, bucket);
  return {
    async open() {
      const { endpoint, region, accessKey, secretKey } = ceph;
      const put = new PutObjectCommand({ Bucket: bucket, Key: "clip001.mp4" });
      return {
        job: {
          s3: { endpoint, region, accessKey, secretKey, bucket },
          putUrl: await getSignedUrl(client, put),
          rootUrl: service.rootUrl,
          certificate: undefined,
        },
        close: () => emptyBucket(client),
      };
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      client.destroy();
      await ceph.stop();
    },
  };
}

async function emptyBucket(client: S3Client): Promise<undefined> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const Objects = Contents.map(({ Key = "" }) => ({ Key }));
  if (Objects.length > 0) {
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  }
  // Ceph frees the bytes a little later: wait, so that it is not measured with the next run.
  await sleep(6000);
}
