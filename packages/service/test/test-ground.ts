import path from "node:path";
import { inject } from "vitest";
import type { BucketOptions } from "../src/store/s3/bucket.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The bucket that the services of a run use; absent where each has a folder. */
    serviceBucket?: BucketOptions;
  }
}

/** Whether the services of this run use a bucket. */
export function isOnBucket(): boolean {
  return inject("serviceBucket") !== undefined;
}

/**
 * What a test service stands on, as `startService` takes it: a folder, or the place in the run's
 * bucket that has the folder's name. So a service that is started again finds what it had before.
 */
export function groundOf(
  folder: string,
  publicEndpoint?: string,
): { folder: string } | { bucket: BucketOptions } {
  const bucket = inject("serviceBucket");
  if (!bucket) return { folder };
  return { bucket: { ...bucket, prefix: path.basename(folder), publicEndpoint } };
}
