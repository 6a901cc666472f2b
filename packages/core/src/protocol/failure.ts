import * as v from "valibot";
import { DirectUploadError, type DirectUploadErrorCode } from "../errors.js";
import { isRetryableStatus, longestRetryAfter, parseRetryAfter } from "../http/retry-timing.js";
import type { TransportAnswer } from "../http/transport.js";
import { Secrets } from "../redact.js";
import { isRequestId, nameRequest, requestIdHeader, wireError } from "./wire.js";

const statusCodes: Readonly<Record<number, DirectUploadErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  429: "rate_limited",
};

const remedies: Partial<Record<DirectUploadErrorCode, string>> = {
  unauthorized: "Check the app id and the secret, or the access key and token.",
  rate_limited: "Try again later, or send less at once.",
};

/**
 * The error for an answer that is not a success.
 *
 * @param what what was asked for: `asking for upload URLs`
 */
export function describeRefusal(
  what: string,
  answer: TransportAnswer,
  secrets = new Secrets(),
): DirectUploadError {
  const { status } = answer;
  const code =
    statusCodes[status] ??
    (status >= 500 ? "server_error" : status >= 400 ? "rejected" : "bad_answer");
  const requestId = findRequestId(answer, secrets);
  const retryAfter = parseRetryAfter(answer.headers["retry-after"]);
  const remedy =
    status >= 300 && status < 400
      ? "Redirects are not followed, so that keys go nowhere else: give the address that it leads to."
      : code === "server_error"
        ? advise(requestId)
        : code === "rate_limited" && retryAfter !== undefined && retryAfter > longestRetryAfter
          ? `Try again in ${describeWait(retryAfter)}.`
          : remedies[code];
  const message = describeAnswer(what, answer, secrets);
  return new DirectUploadError(code, remedy === undefined ? message : `${message} ${remedy}`, {
    status,
    retryable: isRetryableStatus(status),
    retryAfter,
    requestId,
  });
}

function describeWait(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function advise(requestId: string | undefined): string {
  const where = requestId === undefined ? "" : `, ${nameRequest(requestId)}`;
  return `Try again later; the service's log says more${where}.`;
}

/** What a proxy or another service puts there need not be an id, nor fit to be shown. */
function findRequestId({ headers }: TransportAnswer, secrets: Secrets): string | undefined {
  const id = headers[requestIdHeader];
  return id !== undefined && isRequestId(id) && secrets.redact(id) === id ? id : undefined;
}

/** An answer that is not a success, as a sentence without a remedy. */
export function describeAnswer(
  what: string,
  { status, body }: TransportAnswer,
  secrets: Secrets,
): string {
  // Shortened after it is redacted: half of a secret would not be recognised.
  const said = shorten(secrets.redact(readMessage(body))).replace(/[.\s]+$/, "");
  return `${what} was answered with ${status}${said && `: ${said}`}.`;
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
