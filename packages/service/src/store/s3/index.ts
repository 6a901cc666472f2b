export type { BucketOptions } from "./bucket.js";
export { type BucketPlace, parseBucketUrl } from "./bucket-url.js";
export { S3Store, type S3StoreOptions } from "./s3-store.js";
