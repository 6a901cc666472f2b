// The parameters that make a presigned URL valid (S3 V4 and V2, Google, Azure, and this project's
// own service): whoever reads one of these can write to the bucket.
const signedParameters =
  /([?&;](?:x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|x-goog-credential|awsaccesskeyid|signature|sig|token)=)[^&\s"'<>;]+/gi;

// Shorter strings are too likely to stand in a message by chance.
const shortestSecret = 4;

/** The text without the signatures of presigned URLs and without the given secrets. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text.replace(signedParameters, "$1[redacted]");
  for (const secret of secrets) {
    if (secret.length >= shortestSecret) {
      clean = clean.replaceAll(secret, "[redacted]");
    }
  }
  return clean;
}
