import type { BucketPlace } from "./bucket-url.js";

/** The smallest IAM policy that the service works with in a bucket. */
export function createPolicy({ bucket, prefix }: BucketPlace) {
  const arn = `arn:aws:s3:::${bucket}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "s3:GetObject",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
        ],
        Resource: `${arn}/${prefix}*`,
      },
      {
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: arn,
      },
    ],
  };
}
