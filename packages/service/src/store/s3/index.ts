export type { BucketOptions } from "./bucket.js";
export { checkBucket } from "./bucket-check.js";
export { createPolicy } from "./bucket-policy.js";
export type { BucketFinding } from "./bucket-report.js";
export { type BucketSetupOptions, setUpBucket } from "./bucket-setup.js";
export { type BucketPlace, parseBucketUrl } from "./bucket-url.js";
export { S3Store, type S3StoreOptions } from "./s3-store.js";
