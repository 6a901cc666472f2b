import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { StartOptions } from "@clipcourier/service";
import { startCeph } from "@clipcourier/test/ceph/ceph.ts";

/** What a measured service stands on, as `startService` takes it. */
export type Ground = Pick<StartOptions, "folder" | "bucket">;

/** Makes an empty ground for each service. */
export interface Grounds extends AsyncDisposable {
  make(): Promise<Ground>;
}

/** Folders in a folder. */
export function folderGrounds(parent: string): Grounds {
  const made: string[] = [];
  return {
    async make() {
      const folder = await mkdtemp(join(parent, "clipcourier-bench-"));
      made.push(folder);
      return { folder };
    },
    async [Symbol.asyncDispose]() {
      for (const folder of made) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Prefixes in one bucket of a Ceph in memory. */
export async function bucketGrounds(): Promise<Grounds> {
  const ceph = await startCeph();
  const credentials = { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey };
  const access = {
    ...{ endpoint: ceph.endpoint, region: ceph.region, credentials, forcePathStyle: true },
  };
  const client = new S3Client(access);
  await client.send(new CreateBucketCommand({ Bucket: "bench" }));
  client.destroy();
  return {
    make: async () => ({ bucket: { ...access, bucket: "bench", prefix: randomUUID() } }),
    [Symbol.asyncDispose]: () => ceph.stop(),
  };
}
