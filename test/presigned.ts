/** What makes a presigned URL of S3's valid, in values that no test could meet by chance. */
const signed = {
  "X-Amz-Credential": "AKIASECRETSECRETSECR/20260101/us-east-1/s3/aws4_request",
  "X-Amz-Security-Token": "FwoGZXIvYXdzEJr//////////wEaDHsecret+token/of=session==",
  "X-Amz-Signature": "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2",
};

/** None of these may be seen anywhere. */
export const storageSecrets: readonly string[] = Object.values(signed);

/** A URL that a caller may give in the wrong place. */
export const presignedUrl = addSignature("https://127.0.0.1:9/bucket/a.mp4?partNumber=1");

function addSignature(url: string): string {
  return `${url}&${new URLSearchParams({ "X-Amz-Algorithm": "AWS4-HMAC-SHA256", ...signed })}`;
}

/** A plan whose part URLs carry what those of S3 carry, besides what the service needs. */
export function signLikeS3(plan: unknown): unknown {
  return JSON.parse(JSON.stringify(plan), (key, value) =>
    key === "url" && String(value).includes("partNumber=") ? addSignature(value) : value,
  );
}
