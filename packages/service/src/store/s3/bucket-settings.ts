import {
  type CORSRule,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.js";
import { statusOf } from "./s3-failure.js";

/** Days after which the engine drops an upload; the service does so after seven. */
export const abortAfterDays = 8;

/** Public ACLs and policies have no effect. */
export const ignorePublic = {
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** The rule that drops open uploads below a prefix. */
export function createLifecycleRule(prefix: string): LifecycleRule {
  return {
    ID: `clipcourier-uploads${prefix && `-${prefix.replaceAll("/", "-").replace(/-$/, "")}`}`,
    Status: "Enabled",
    Filter: { Prefix: prefix },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortAfterDays },
  };
}

/** The rule that lets pages of an origin send parts and read videos. */
export function createCorsRule(origin: string): CORSRule {
  return {
    AllowedOrigins: [origin],
    AllowedMethods: ["GET", "HEAD", "PUT"],
    AllowedHeaders: ["*"],
    ExposeHeaders: ["ETag"],
    MaxAgeSeconds: 3600,
  };
}

export async function readLifecycle(bucket: Bucket): Promise<LifecycleRule[]> {
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name });
  const answer = await nullIfUnset(() => bucket.call((client) => client.send(command)));
  return answer?.Rules ?? [];
}

export async function readCors(bucket: Bucket): Promise<CORSRule[]> {
  const command = new GetBucketCorsCommand({ Bucket: bucket.name });
  const answer = await nullIfUnset(() => bucket.call((client) => client.send(command)));
  return answer?.CORSRules ?? [];
}

/** Whether all of `ignorePublic` is set. */
export async function isPublicAccessBlocked(bucket: Bucket): Promise<boolean> {
  const command = new GetPublicAccessBlockCommand({ Bucket: bucket.name });
  const answer = await nullIfUnset(() => bucket.call((client) => client.send(command)));
  const block = answer?.PublicAccessBlockConfiguration;
  return Object.keys(ignorePublic).every(
    (name) => block?.[name as keyof typeof ignorePublic] === true,
  );
}

/** Engines answer 404 where a setting was never made. */
async function nullIfUnset<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
