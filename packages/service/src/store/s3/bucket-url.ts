/** A bucket, and where in it the service keeps its objects. */
export interface BucketPlace {
  bucket: string;
  /** Empty, or with its closing `/`. */
  prefix: string;
}

const bucketUrl = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*))?$/;

/**
 * Reads `s3://bucket` or `s3://bucket/prefix`.
 *
 * @throws TypeError for anything else, and for a prefix with an empty segment or one that begins
 *   with a dot
 */
export function parseBucketUrl(text: string): BucketPlace {
  const [, bucket, path = ""] = bucketUrl.exec(text) ?? [];
  if (bucket === undefined) {
    throw new TypeError(
      // It is not repeated: keys of S3 are sometimes written into an address.
      "This is no address of a bucket. Write s3://bucket or s3://bucket/prefix, with a prefix of letters, digits, dots, underscores and hyphens.",
    );
  }
  return { bucket, prefix: toPrefix(path) };
}

/**
 * Brings a prefix into the form that keys are put behind: empty, or with its closing `/`.
 *
 * @throws TypeError for an empty segment or one that begins with a dot
 */
export function toPrefix(path: string): string {
  const trimmed = path.replace(/\/$/, "");
  if (trimmed === "") return "";
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(trimmed)) {
    throw new TypeError(
      "This is no prefix of keys: its segments are letters, digits, dots, underscores and hyphens, and none is empty or begins with a dot.",
    );
  }
  return `${trimmed}/`;
}
