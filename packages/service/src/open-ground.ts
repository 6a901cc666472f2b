import { type Logger, pino } from "pino";
import type { Accounts } from "./auth/accounts.js";
import { openBucket } from "./open-bucket.js";
import { type Ground, openFolder } from "./open-folder.js";
import type { BucketOptions } from "./store/s3/bucket.js";

/** Where a service keeps everything: exactly one of the two. */
export interface GroundPlace {
  folder?: string;
  bucket?: BucketOptions;
}

/** @param init whether a place without a service gets a new one */
export function openGround(
  { folder, bucket }: GroundPlace,
  init: boolean,
  logger: Logger,
): Promise<Ground> {
  if (folder !== undefined && bucket === undefined) return openFolder(folder, logger, init);
  if (bucket !== undefined && folder === undefined) return openBucket(bucket, logger, init);
  throw new Error("folder, bucket: exactly one of them is needed");
}

/**
 * The accounts of a service that there is, beside its running processes. Call `close` at the end.
 *
 * @throws Error when there is no service at this place
 */
export async function openServiceAccounts(
  place: GroundPlace,
): Promise<{ accounts: Accounts; close(): void }> {
  const { accounts, store } = await openGround(place, false, pino({ level: "silent" }));
  return { accounts, close: () => store.close?.() };
}
