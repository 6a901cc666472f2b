import { S3ServiceException } from "@aws-sdk/client-s3";
import { StoreError, StoreFullError, StoreUnavailableError } from "../store-error.js";
import { describeSkew } from "./clock-skew.js";

/** What to do about an error that no client of the service caused. */
const remedies: Readonly<Record<string, string>> = {
  AccessDenied:
    "the credentials do not allow this; `clipcourier bucket setup` prints the policy that they need",
  AccountProblem: "the account of the bucket has a problem; look at it in the engine's console",
  AuthorizationHeaderMalformed: "the region is wrong; name the one that the bucket is in",
  CredentialsProviderError:
    "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or give the machine a role",
  ExpiredToken: "the credentials have expired; renew them",
  IllegalLocationConstraintException: "the region is wrong; name the one that the bucket is in",
  InvalidAccessKeyId: "the engine does not know the access key; check the credentials",
  InvalidBucketName: "the engine does not take this name of a bucket; check it",
  InvalidToken: "the session token is not valid; renew the credentials",
  NoSuchBucket: "there is no such bucket; create it, or check its name, region and endpoint",
  NotImplemented: "the engine does not know this call; it has to be compatible with S3",
  PermanentRedirect: "it is in another region or at another endpoint; name that one",
  RequestTimeTooSkewed: "the clock of this machine is wrong; set it",
  SignatureDoesNotMatch: "the secret key is wrong, or a proxy changes requests; check both",
  TokenRefreshRequired: "the credentials have expired; renew them",
};

const byStatus: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  401: "AccessDenied",
  403: "AccessDenied",
  501: "NotImplemented",
};

const fullCodes = new Set(["QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull"]);

/** Whether an error is an answer of the engine with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): error is S3ServiceException {
  return error instanceof S3ServiceException && codes.includes(error.name);
}

/** Whether an error comes from the bucket, and is not a mistake in this program. */
export function isErrorOfStore(error: unknown): error is Error {
  return (
    error instanceof StoreUnavailableError ||
    error instanceof StoreFullError ||
    error instanceof StoreError ||
    error instanceof S3ServiceException
  );
}

/** The status of the answer that an error stands for; `null` without an answer. */
export function statusOf(error: unknown): number | null {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? null) : null;
}

/**
 * Turns an error of the SDK into a `StoreUnavailableError` or `StoreFullError` that names the bucket
 * and says what to do. Answers about one object or one upload are returned unchanged.
 */
export function explainFailure(error: unknown, bucket: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailableError) return error;
  const { name } = error;
  const status = statusOf(error);
  if (fullCodes.has(name)) {
    return new StoreFullError(`${bucket} is full (${name}): raise its quota.`, { cause: error });
  }
  const code = name in remedies ? name : (byStatus[status ?? 0] ?? "");
  const remedy = findRemedy(code, error);
  if (remedy !== undefined)
    return unavailable(`${bucket} cannot be used: ${remedy} (${code}).`, error);
  if (error instanceof S3ServiceException) {
    if (status !== null && status < 500 && status !== 429) return error;
    return unavailable(
      `${bucket} failed with ${status ?? "no status"} (${name}); try again later.`,
      error,
    );
  }
  return unavailable(
    `${bucket} does not answer (${reasonOf(error)}): check the endpoint and the network.`,
    error,
  );
}

function findRemedy(code: string, error: Error): string | undefined {
  const response = error instanceof S3ServiceException ? error.$response : undefined;
  const skew = code === "RequestTimeTooSkewed" ? describeSkew(response?.headers.date) : null;
  return skew === null ? remedies[code] : `the clock of this machine is ${skew}; set it`;
}

function unavailable(message: string, cause: Error): StoreUnavailableError {
  return new StoreUnavailableError(message, { cause });
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === "TimeoutError") return "it took too long";
  return code ?? error.name;
}
