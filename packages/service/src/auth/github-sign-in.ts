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
// GitHub's are of about 2 KiB.
const longestToken = 16 * 1024;
// Seconds that the clocks of the issuer and of this machine may differ.
const clockTolerance = 30;

/** Why nobody was signed in: for the log. `run` is what the token said, once it was believed. */
export class SignInRefusal extends Error {
  readonly run: object;

  constructor(reason: string, run: object = {}) {
    super(reason);
    this.name = "SignInRefusal";
    this.run = run;
  }
}

/** The issuer's keys could not be had, so that nothing can be said about the token. */
export class IssuerFailure extends Error {
  override readonly name = "IssuerFailure";
}

/** Checks the tokens that GitHub gives to the jobs of workflows. */
export class GitHubSignIn {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #rules: readonly GitHubRule[];
  readonly #getKey: JWTVerifyGetKey;

  /** `audience` is used where the options name none. */
  constructor({ issuer = defaultIssuer, rules, ...options }: GitHubOptions, audience?: string) {
    const chosen = options.audience ?? audience;
    // An audience out of the request would be whatever its sender wants it to be.
    if (chosen === undefined) {
      throw new Error("github: publicUrl is needed, or an audience: what tokens are made for.");
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
    if (!claims.success) throw new SignInRefusal("the token is not of a workflow's job");
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
        // Never one with a shared key: the issuer's public key would be the secret.
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

  // The library's messages hold no piece of the token.
  #describe(error: errors.JOSEError): SignInRefusal {
    const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : null;
    const wanted = claim === "aud" ? this.#audience : claim === "iss" ? this.#issuer : null;
    return new SignInRefusal(error.message + (wanted === null ? "" : ` (wanted: ${wanted})`));
  }
}

/** Keys are kept for ten minutes; an unknown one makes them be fetched again, twice a minute at most. */
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
      // No key, or several for a token that names none: the token is at fault.
      if (cause instanceof errors.JWKSNoMatchingKey) throw cause;
      if (cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new IssuerFailure(`The keys of ${issuer} could not be fetched`, { cause });
    }
  };
}
