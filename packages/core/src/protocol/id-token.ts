import { DirectUploadError, isDirectUploadError, throwIfAborted } from "../errors.js";
import { copyError, type Secrets } from "../redact.js";
import { untilAborted } from "../signals.js";

/**
 * Gives an OpenID Connect token that says which workflow runs this.
 *
 * @param audience the service that the token is for, as an origin: `https://clips.example.com`
 */
export type GetIdToken = (audience: string) => Promise<string>;

/** Asks for a token, and adds it to the secrets. */
export async function requestIdToken(
  getIdToken: GetIdToken,
  { audience, secrets, signal }: IdTokenRequest,
): Promise<string> {
  throwIfAborted(signal);
  // `getIdToken` takes no signal.
  const token = await untilAborted(askFor(getIdToken, audience, secrets), signal);
  if (typeof token !== "string" || token === "") {
    throw new DirectUploadError("unauthorized", "getIdToken gave no token to sign in with.");
  }
  secrets.add(token);
  return token;
}

export interface IdTokenRequest {
  audience: string;
  secrets: Secrets;
  signal: AbortSignal | undefined;
}

async function askFor(getIdToken: GetIdToken, audience: string, secrets: Secrets): Promise<string> {
  try {
    return await getIdToken(audience);
  } catch (cause) {
    if (isDirectUploadError(cause)) throw cause;
    const reason = secrets.redact(cause instanceof Error ? cause.message : String(cause));
    throw new DirectUploadError("unauthorized", `There is no ID token to sign in with: ${reason}`, {
      cause: copyError(cause, secrets),
    });
  }
}

/** The error for a service that did not accept an ID token: it says what to do. */
export function describeKeylessFailure(error: unknown, token: string, audience: string): unknown {
  if (isDirectUploadError(error, "not_found")) {
    return new DirectUploadError(
      "not_found",
      "The service offers no sign-in without a secret (404). Give appSecret, or accessKey and accessToken.",
      { status: error.status, cause: error },
    );
  }
  if (isDirectUploadError(error, "unauthorized") && error.status === 401) {
    return new DirectUploadError(
      "unauthorized",
      `The service refused the ID token (401). ${findFlaw(token, audience)}`,
      { status: error.status, cause: error },
    );
  }
  return error;
}

/** Why the token was refused, as far as that can be seen here. */
function findFlaw(token: string, audience: string): string {
  const { exp, aud } = readClaims(token);
  if (typeof exp === "number" && exp > 0 && exp * 1000 < Date.now()) {
    const time = new Date(exp * 1000).toISOString();
    return `The token expired at ${time}. Get a new one right before it is used: one that was made when the job started does not last for the whole job.`;
  }
  const audiences = [aud].flat().filter((each) => typeof each === "string");
  if (audiences.length > 0 && !audiences.includes(audience)) {
    return `The token is for ${audiences.join(", ")}. Ask for one for ${audience}, unless the service's rules name another audience.`;
  }
  return `Its log says why: no rule of it names this run, or the token is not for ${audience}.`;
}

/** What the token says about itself. Nothing of it is verified, and it may be no JWT at all. */
function readClaims(token: string): { exp?: unknown; aud?: unknown } {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"),
    );
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
