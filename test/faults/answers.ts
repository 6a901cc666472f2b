import type { CannedAnswer } from "./exchange.ts";

/** An error in the XML that S3 answers with. */
function s3Error(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): CannedAnswer {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>${message}</Message>` +
    "<RequestId>FAULTFRONT000001</RequestId><HostId>fault-front</HostId></Error>";
  return { status, headers: { "Content-Type": "application/xml", ...headers }, body };
}

/** `retryAfter` is what the header says: seconds, or an HTTP date. */
export function slowDown(retryAfter?: string): CannedAnswer {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return s3Error(503, "SlowDown", "Please reduce your request rate.", headers);
}

/** S3 waited too long for bytes: worth another try, although it is a 400. */
export function requestTimeout(): CannedAnswer {
  return s3Error(
    400,
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period.",
  );
}

/** The temporary credentials behind a presigned URL ran out. */
export function expiredToken(): CannedAnswer {
  return s3Error(400, "ExpiredToken", "The provided token has expired.");
}

/** The presigned URL itself ran out. */
export function requestExpired(): CannedAnswer {
  return s3Error(403, "AccessDenied", "Request has expired");
}

/** What a proxy or load balancer says in its own name: 408, 429, 500, 502, 504. */
export function gatewayError(status: number, headers: Record<string, string> = {}): CannedAnswer {
  return {
    status,
    headers: { "Content-Type": "text/html", ...headers },
    body: `<html><body><h1>${status}</h1></body></html>`,
  };
}
