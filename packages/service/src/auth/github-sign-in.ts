import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import * as v from "valibot";
import {
  findRule,
  type GitHubOptions,
  type GitHubRule,
  githubClaims,
  isForFork,
} from "./github-rules.js";

const defaultIssuer = "https://token.actions.githubusercontent.com";
// Characters. GitHub's tokens have about 2,000.
const longestToken = 16 * 1024;
// Seconds by which the clocks of the issuer and of this machine may differ.
const clockTolerance = 30;

/** Why a token was refused, for the log only. `run` has its claims, once they were verified. */
export class SignInRefusal extends Error {
  readonly run: object;

  constructor(reason: string, run: object = {}) {
    super(reason);
    this.name = "SignInRefusal";
    this.run = run;
  }
}

/** The issuer's keys could not be fetched, so the token could not be checked. */
export class IssuerFailure extends Error {
  override readonly name = "IssuerFailure";
}

/** Checks the ID tokens that GitHub issues to workflow jobs. */
export class GitHubSignIn {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #rules: readonly GitHubRule[];
  readonly #getKey: JWTVerifyGetKey;

  /** `audience` is used when the options have none. Throws when neither is given. */
  constructor({ issuer = defaultIssuer, rules, ...options }: GitHubOptions, audience?: string) {
    const chosen = options.audience ?? audience;
    // It is never taken from a request, whose sender could choose any audience.
    if (chosen === undefined) {
      throw new Error("github: publicUrl is needed, or an audience that tokens are issued for.");
    }
    this.#issuer = issuer;
    this.#audience = chosen;
    this.#rules = rules;
    this.#getKey = fetchKeysOf(issuer);
  }

  /** The account that the token signs in to. Throws `SignInRefusal` and `IssuerFailure`. */
  async findAccount(token: string): Promise<{ account: string; run: object }> {
    const payload = await this.#verify(token);
    const claims = v.safeParse(githubClaims, payload);
    if (!claims.success) throw new SignInRefusal("the token was not issued to a workflow job");
    const run = claims.output;
    const rule = findRule(this.#rules, run);
    if (rule) return { account: rule.account, run };
    const reason = isForFork(this.#rules, run)
      ? 'a fork can cause this event, and no rule that matches has "forks": true'
      : "no rule matches";
    throw new SignInRefusal(reason, run);
  }

  async #verify(token: string): Promise<JWTPayload> {
    if (token.length > longestToken) throw new SignInRefusal("the token is too long");
    try {
      const { payload } = await jwtVerify(token, this.#getKey, {
        issuer: this.#issuer,
        audience: this.#audience,
        // No HMAC: anyone could sign with the issuer's public key as the shared secret.
        algorithms: ["RS256"],
        requiredClaims: ["exp"],
        maxTokenAge: "15 minutes",
        clockTolerance,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw this.#describe(error);
      throw error;
    }
  }

  // The messages of jose contain no part of the token, so they may be logged.
  #describe(error: errors.JOSEError): SignInRefusal {
    const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : null;
    const wanted = claim === "aud" ? this.#audience : claim === "iss" ? this.#issuer : null;
    return new SignInRefusal(error.message + (wanted === null ? "" : ` (wanted: ${wanted})`));
  }
}

/** Keys are cached for ten minutes. An unknown key id fetches them again, at most twice a minute. */
function fetchKeysOf(issuer: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    timeoutDuration: 5_000,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      // No key matches, or several do because the token names none: the token is invalid.
      if (cause instanceof errors.JWKSNoMatchingKey) throw cause;
      if (cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new IssuerFailure(`The keys of ${issuer} could not be fetched`, { cause });
    }
  };
}
