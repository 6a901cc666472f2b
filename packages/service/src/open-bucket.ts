import type { Logger } from "pino";
import { readOrCreateBucketSecret, secretKey } from "./auth/service-secret.js";
import { StoreAccounts } from "./auth/store-accounts.js";
import type { Ground } from "./open-folder.js";
import type { BucketOptions } from "./store/s3/bucket.js";

/** Milliseconds for which a removed app may still be let in: each look is a request to the bucket. */
const knownFor = 1_000;

/**
 * Opens a bucket, and begins a service in it where it is new.
 *
 * @throws StoreUnavailableError when the bucket cannot be used, Error when its secret is missing or
 * damaged
 */
export async function openBucket(
  options: BucketOptions,
  logger: Logger,
  mayCreate: boolean,
): Promise<Ground> {
  // Loading the AWS SDK takes longer than all the rest, and a folder does not need it.
  const { S3Store } = await import("./store/s3/index.js");
  const store = await S3Store.open({ ...options, logger });
  try {
    const place = `s3://${options.bucket}/${options.prefix ?? ""}${secretKey}`;
    const secret = await readOrCreateBucketSecret(store, place, mayCreate);
    return { store, secret, accounts: new StoreAccounts(async () => store, { knownFor }) };
  } catch (error) {
    store.close();
    throw error;
  }
}
