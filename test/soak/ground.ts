import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { FolderStore, type ObjectStore } from "@clipcourier/service";
import { S3Store } from "@clipcourier/service/s3";
import { startCeph } from "../ceph/ceph.ts";

/** What the services of a run stand on. */
export interface Ground {
  name: "bucket" | "folder";
  /** How many `serve` use it. */
  processes: number;
  /** What follows `serve`. */
  args: string[];
  env: Record<string, string>;
  /** Kills the engine and starts it again; absent on a folder. */
  restartEngine?: () => Promise<void>;
  /** Opens the store beside the services. `now` is its clock, in milliseconds since 1970. */
  openStore(now: () => number): Promise<ObjectStore>;
  /** How many files unfinished work has left outside of the objects. */
  countTemporary(): Promise<number>;
  remove(): Promise<void>;
}

export async function openFolderGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-soak-"));
  return {
    name: "folder",
    processes: 2,
    args: ["--folder", folder],
    env: {},
    // The secret signs part URLs, which are not needed here.
    openStore: (now) => FolderStore.open(folder, randomUUID(), { now }),
    countTemporary: async () => {
      const names = await Promise.all(
        ["uploads", "temporary"].map((name) => readdir(join(folder, name))),
      );
      return names.flat().length;
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

export async function openBucketGround(): Promise<Ground> {
  const ceph = await startCeph();
  const { endpoint, region, accessKey, secretKey } = ceph;
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const access = { endpoint, region, credentials, forcePathStyle: true };
  const bucket = "clips";
  const client = new S3Client(access);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    name: "bucket",
    processes: 3,
    args: [
      ...["--bucket", `s3://${bucket}/team`, "--path-style"],
      ...["--endpoint", endpoint, "--region", region],
    ],
    env: { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    restartEngine: () => ceph.restartGateway(),
    openStore: () => S3Store.open({ ...access, bucket, prefix: "team/" }),
    countTemporary: async () => 0,
    remove: () => ceph.stop(),
  };
}
