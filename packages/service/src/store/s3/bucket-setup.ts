import { randomUUID } from "node:crypto";
import {
  DeleteObjectCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { Bucket, type BucketOptions } from "./bucket.js";
import { type BucketFinding, findOut } from "./bucket-report.js";
import {
  abortAfterDays,
  createCorsRule,
  createLifecycleRule,
  ignorePublic,
  readCors,
  readLifecycle,
} from "./bucket-settings.js";
import { testRoundTrip } from "./bucket-trip.js";
import { statusOf } from "./s3-failure.js";

export interface BucketSetupOptions extends BucketOptions {
  /** The origin of pages that upload or play videos, such as `https://clips.example.com`. */
  origin?: string | undefined;
}

/**
 * Makes the settings of a bucket that the service wants, and keeps what others have set. Then it
 * tries what the service does. What the engine refuses is a finding, not an error.
 *
 * @throws StoreUnavailableError when no region is known
 */
export async function setUpBucket(options: BucketSetupOptions): Promise<BucketFinding[]> {
  const bucket = await Bucket.connect(options);
  const { origin } = options;
  try {
    const findings = [
      await findOut("open uploads", "missing", () => setLifecycle(bucket)),
      await findOut("public access", "missing", () => blockPublicAccess(bucket)),
    ];
    if (origin !== undefined) {
      findings.push(await findOut("CORS", "missing", () => allowOrigin(bucket, origin)));
    }
    return [...findings, ...(await testRoundTrip(bucket))];
  } finally {
    bucket.client.destroy();
  }
}

async function setLifecycle(bucket: Bucket): Promise<string> {
  const rule = createLifecycleRule(bucket.prefix);
  const others = (await readLifecycle(bucket)).filter(({ ID }) => ID !== rule.ID);
  const LifecycleConfiguration = { Rules: [...others, rule] };
  await bucket.call((client) =>
    client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket.name, LifecycleConfiguration }),
    ),
  );
  return `dropped after ${abortAfterDays} days; ${others.length} other rules are kept`;
}

async function allowOrigin(bucket: Bucket, origin: string): Promise<string> {
  const others = (await readCors(bucket)).filter(
    ({ AllowedOrigins }) => AllowedOrigins?.join() !== origin,
  );
  const CORSConfiguration = { CORSRules: [...others, createCorsRule(origin)] };
  await bucket.call((client) =>
    client.send(new PutBucketCorsCommand({ Bucket: bucket.name, CORSConfiguration })),
  );
  return `${origin} may send parts and read videos; ${others.length} other rules are kept`;
}

/** With `BlockPublicAcls` Ceph 16 refuses every object, also one without an ACL. */
async function blockPublicAccess(bucket: Bucket): Promise<string> {
  await putPublicAccessBlock(bucket, true);
  if (await canWrite(bucket)) return "blocked";
  await putPublicAccessBlock(bucket, false);
  return "blocked; public ACLs are ignored, because the engine cannot refuse them alone";
}

async function putPublicAccessBlock(bucket: Bucket, BlockPublicAcls: boolean): Promise<void> {
  const PublicAccessBlockConfiguration = { ...ignorePublic, BlockPublicAcls };
  const input = { Bucket: bucket.name, PublicAccessBlockConfiguration };
  await bucket.call((client) => client.send(new PutPublicAccessBlockCommand(input)));
}

async function canWrite(bucket: Bucket): Promise<boolean> {
  const object = { Bucket: bucket.name, Key: `${bucket.prefix}probe/${randomUUID()}` };
  try {
    await bucket.client.send(new PutObjectCommand({ ...object, Body: "probe" }));
  } catch (error) {
    if (statusOf(error) === 403) return false;
    throw bucket.explain(error);
  }
  await bucket.call((client) => client.send(new DeleteObjectCommand(object)));
  return true;
}
