// The parameters that make a presigned URL valid (S3 V4 and V2, Google, Azure, and this project's
// own service): whoever reads one of these can write to the bucket.
const names =
  "x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|x-goog-credential|awsaccesskeyid|signature|sig|token";
const signedParameters = new RegExp(`([?&;](?:${names})=)[^&\\s"'<>;]+`, "gi");
const signedName = new RegExp(`^(?:${names})$`, "i");

// Shorter strings are too likely to stand in a message by chance.
const shortestSecret = 4;

/** The text without the signatures of presigned URLs and without the given secrets. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text.replace(signedParameters, "$1[redacted]");
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue;
    for (const form of listForms(secret)) clean = clean.replaceAll(form, "[redacted]");
  }
  return clean;
}

// As it is, and as a peer that repeats a URL or a form body writes it.
function listForms(secret: string): Set<string> {
  const inForm = new URLSearchParams({ "": secret }).toString().slice(1);
  const inUrl = encodeURIComponent(secret);
  return new Set([secret, inForm, inUrl, inForm.toLowerCase(), inUrl.toLowerCase()]);
}

/** What makes this URL valid, for {@link redact}: a peer may repeat it without its name. */
export function listSecrets(url: string): string[] {
  return [...new URL(url).searchParams]
    .filter(([name]) => signedName.test(name))
    .map(([, value]) => value);
}

/**
 * A copy of an error to give as a cause: what others put on their errors (a raw answer, a URL in a
 * message) would be shown together with it.
 */
export function copyError(error: unknown, secrets: Iterable<string> = []): unknown {
  if (!(error instanceof Error)) return redact(String(error), secrets);
  const copy = new Error(redact(error.message, secrets));
  copy.name = error.name;
  copy.stack = redact(error.stack ?? "", secrets);
  if ("code" in error && typeof error.code === "string") Object.assign(copy, { code: error.code });
  if ("reusedSocket" in error) Object.assign(copy, { reusedSocket: true });
  if (error.cause !== undefined) copy.cause = copyError(error.cause, secrets);
  return copy;
}
