import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { cacheFolder } from "../cache-folder.ts";
import { type Ceph, startCeph } from "./ceph.ts";

async function storeAndRead(ceph: Ceph, bytes: Buffer): Promise<Uint8Array | undefined> {
  const credentials = { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey };
  const { endpoint, region } = ceph;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "clips" }));
  await client.send(new PutObjectCommand({ Bucket: "clips", Key: "clip.mp4", Body: bytes }));
  const answer = await client.send(new GetObjectCommand({ Bucket: "clips", Key: "clip.mp4" }));
  const read = await answer.Body?.transformToByteArray();
  client.destroy();
  return read;
}

function listFolders(): Promise<string[]> {
  return readdir(cacheFolder("ceph")).catch(() => []);
}

it("starts, stores, stops and starts again from nothing", async () => {
  const bytes = randomBytes(6 * 1024 * 1024);
  // Runs that were killed may have left folders behind.
  const before = await listFolders();
  for (let round = 0; round < 2; round += 1) {
    const ceph = await startCeph();
    const read = await storeAndRead(ceph, bytes).finally(() => ceph.stop());
    expect(Buffer.from(read ?? []).equals(bytes)).toBe(true);
    await expect(fetch(ceph.endpoint)).rejects.toThrow();
    expect(await listFolders()).toEqual(before);
  }
});
