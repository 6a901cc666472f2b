import { DirectUploadError, isDirectUploadError } from "../errors.js";
import { copyError, Secrets } from "../redact.js";

/** The error for a request that got no answer, or a broken one. */
export function describeNetworkFailure(
  error: unknown,
  host: string,
  secrets = new Secrets(),
): DirectUploadError {
  if (isDirectUploadError(error)) return error;
  const { code, message } = findRoot(error);
  // undici's own codes say less than its messages.
  const reason = secrets.redact(code === undefined || code.startsWith("UND_") ? message : code);
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
    ? "Set NODE_EXTRA_CA_CERTS to a file with the certificate of its authority (in a workflow: under env of the step); a program can give it as the option `ca`."
    : undefined;
}

/** Whether the peer, or something in between, closed a connection that was in use. */
export function isConnectionReset({ cause }: DirectUploadError): boolean {
  return hasCode(cause, ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
}

/** Whether nothing was reached at the address, which may be a wrong one. */
export function isAddressFailure({ cause }: DirectUploadError): boolean {
  return hasCode(cause, ["ENOTFOUND", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  const { code } = findRoot(error);
  return code !== undefined && codes.includes(code);
}
