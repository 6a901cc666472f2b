import { Bucket } from "./bucket.js";
import { type BucketFinding, findOut } from "./bucket-report.js";
import {
  createCorsRule,
  isPublicAccessBlocked,
  readCors,
  readLifecycle,
} from "./bucket-settings.js";
import type { BucketSetupOptions } from "./bucket-setup.js";
import { testRoundTrip } from "./bucket-trip.js";

/**
 * Reads the settings of a bucket and tries what the service does, with objects below `probe/` that
 * are removed again.
 *
 * @throws StoreUnavailableError when no region is known
 */
export async function checkBucket(options: BucketSetupOptions): Promise<BucketFinding[]> {
  const bucket = await Bucket.connect(options);
  const { origin } = options;
  try {
    const findings = [
      await findOut("open uploads", "missing", () => checkLifecycle(bucket)),
      await findOut("public access", "missing", () => checkPublicAccess(bucket)),
    ];
    if (origin !== undefined) {
      findings.push(await findOut("CORS", "missing", () => checkOrigin(bucket, origin)));
    }
    return [...findings, ...(await testRoundTrip(bucket))];
  } finally {
    bucket.client.destroy();
  }
}

const remedy = "run `clipcourier bucket setup`";

async function checkLifecycle(bucket: Bucket): Promise<string> {
  const rule = (await readLifecycle(bucket)).find(
    ({ Status, Filter, Prefix, AbortIncompleteMultipartUpload: abort }) =>
      abort?.DaysAfterInitiation !== undefined &&
      Status === "Enabled" &&
      bucket.prefix.startsWith(Filter?.Prefix ?? Prefix ?? ""),
  );
  const days = rule?.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days !== undefined) return `dropped after ${days} days`;
  throw bucket.unavailable(`no rule drops what was never finished; ${remedy}.`);
}

async function checkPublicAccess(bucket: Bucket): Promise<string> {
  if (await isPublicAccessBlocked(bucket)) return "blocked";
  throw bucket.unavailable(`public access is not blocked; ${remedy}.`);
}

async function checkOrigin(bucket: Bucket, origin: string): Promise<string> {
  const wanted = createCorsRule(origin);
  const rule = (await readCors(bucket)).find(
    ({ AllowedOrigins = [], AllowedMethods = [], ExposeHeaders = [] }) =>
      (AllowedOrigins.includes(origin) || AllowedOrigins.includes("*")) &&
      wanted.AllowedMethods?.every((method) => AllowedMethods.includes(method)) &&
      ExposeHeaders.some((name) => name.toLowerCase() === "etag"),
  );
  if (rule) return `${origin} may send parts and read videos`;
  throw bucket.unavailable(`pages of ${origin} cannot send parts; ${remedy} --origin ${origin}.`);
}
