import * as v from "valibot";
import { DirectUploadError, type DirectUploadErrorCode, isDirectUploadError } from "./errors.js";
import { copyError, redact } from "./redact.js";
import { isRetryableStatus, parseRetryAfter } from "./retry.js";
import type { TransportAnswer } from "./transport.js";
import { wireError } from "./wire.js";

/** The error for a request that got no answer, or a broken one. */
export function describeNetworkFailure(
  error: unknown,
  host: string,
  secrets: Iterable<string> = [],
): DirectUploadError {
  if (isDirectUploadError(error)) return error;
  const { code, message } = findRoot(error);
  const reason = redact(code ?? message, secrets);
  const cause = copyError(error, secrets);
  const remedy = findCertificateRemedy(code);
  if (remedy !== undefined) {
    const message = `The certificate of ${host} is not trusted (${reason}). ${remedy}`;
    return new DirectUploadError("network", message, { cause });
  }
  return new DirectUploadError(
    "network",
    `The connection to ${host} failed (${reason}). Check the address and the network.`,
    { cause, retryable: true },
  );
}

// fetch and proxies wrap the error that says what happened; a failed connection to several
// addresses is an AggregateError whose own message is empty.
function findRoot(error: unknown): { code: string | undefined; message: string } {
  let root = error;
  for (let depth = 0; depth < 5; depth++) {
    if (!(root instanceof Error)) break;
    const inner = root instanceof AggregateError ? root.errors[0] : root.cause;
    if (!(inner instanceof Error)) break;
    root = inner;
  }
  if (!(root instanceof Error)) return { code: undefined, message: String(root) };
  const code = "code" in root && typeof root.code === "string" ? root.code : undefined;
  return { code, message: root.message || root.name };
}

function findCertificateRemedy(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "It is made out for another name: check the address.";
  }
  if (/CERT_(HAS_EXPIRED|NOT_YET_VALID)/.test(code)) {
    return "Have it renewed, and check this machine's clock.";
  }
  return /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)
    ? "Give its authority with the `ca` option or NODE_EXTRA_CA_CERTS."
    : undefined;
}

const statusCodes: Readonly<Record<number, DirectUploadErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  429: "rate_limited",
};

const remedies: Partial<Record<DirectUploadErrorCode, string>> = {
  unauthorized: "Check the app id and the secret, or the access key and token.",
  rate_limited: "Try again later, or send less at once.",
  server_error: "Try again later; the service's log says more.",
};

/**
 * The error for an answer that is not a success.
 *
 * @param what what was asked for: `asking for upload URLs`
 */
export function describeRefusal(
  what: string,
  answer: TransportAnswer,
  secrets: Iterable<string> = [],
): DirectUploadError {
  const { status } = answer;
  const code =
    statusCodes[status] ??
    (status >= 500 ? "server_error" : status >= 400 ? "rejected" : "bad_answer");
  // Shortened last: half of a secret would not be recognised.
  const said = shorten(redact(readMessage(answer.body), secrets)).replace(/[.\s]+$/, "");
  const remedy =
    status >= 300 && status < 400
      ? "Redirects are not followed, so that keys go nowhere else: give the address that it leads to."
      : remedies[code];
  const message = `${what} was answered with ${status}${said && `: ${said}`}.`;
  return new DirectUploadError(code, remedy === undefined ? message : `${message} ${remedy}`, {
    status,
    retryable: isRetryableStatus(status),
    retryAfter: parseRetryAfter(answer.headers["retry-after"]),
  });
}

// The API's error shape, or S3's XML; a proxy's HTML page is of no use in a message.
function readMessage(body: string): string {
  try {
    const parsed = v.safeParse(wireError, JSON.parse(body));
    if (parsed.success) return parsed.output.error.message;
  } catch {
    // Not JSON.
  }
  const code = readS3ErrorCode(body);
  const message = /<Message>([^<]*)<\/Message>/.exec(body)?.[1];
  return [code, message].filter(Boolean).join(": ");
}

/** The `<Code>` of S3's XML error body. */
export function readS3ErrorCode(body: string): string | undefined {
  return /<Code>([A-Za-z]+)<\/Code>/.exec(body)?.[1];
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
