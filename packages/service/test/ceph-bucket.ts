import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { inject, onTestFinished } from "vitest";
import type { RunningService } from "../src/index.js";
import { S3Store, type S3StoreOptions } from "../src/store/s3/index.js";
import { signInAs } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

/** The engine that all files of `pnpm test:ceph` share. */
interface CephAccess {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

declare module "vitest" {
  interface ProvidedContext {
    ceph: CephAccess;
  }
}

export interface TestBucket {
  client: S3Client;
  bucket: string;
  access: CephAccess;
  /** How a store in the bucket is opened. */
  options: S3StoreOptions;
}

/** A new bucket on Ceph. */
export async function createBucket(): Promise<TestBucket> {
  const access = { ...inject("ceph"), forcePathStyle: true };
  const client = new S3Client(access);
  const bucket = `clips-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, bucket, access, options: { ...access, bucket } };
}

/** A store in a new bucket, closed after the test. */
export async function openCephStore(options: Partial<S3StoreOptions> = {}) {
  const place = await createBucket();
  const store = await S3Store.open({ ...place.options, ...options });
  onTestFinished(() => {
    store.close();
    place.client.destroy();
  });
  return { ...place, store };
}

/** A client of a service on a bucket, with an app of its own. */
export async function connectTo(
  { rootUrl, accounts, settled, close }: RunningService,
  origin = new URL(rootUrl).origin,
): Promise<UploadClient> {
  const seen = { folder: "", log: [], baseUrl: `${origin}/`, rootUrl: `${origin}/v2.7/` };
  const service = { ...seen, accounts, settled, close };
  return new UploadClient(service, await signInAs(service, await accounts.createApp()));
}
