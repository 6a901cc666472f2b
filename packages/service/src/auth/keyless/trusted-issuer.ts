import { errors, type JWTPayload, jwtVerify } from "jose";
import type { VerifiedRun } from "../../catalog/verified-run.js";
import { type Claims, matchesClaim, pickClaims, toClaims } from "./claims.js";
import { IssuerKeys, publicKeyAlgorithms } from "./issuer-keys.js";
import type { CiRun, Preset } from "./preset.js";
import { readVerifiedRun } from "./read-run.js";
import type { SignInRule } from "./sign-in-rules.js";

// Seconds by which the clocks of the issuer and of this machine may differ.
const clockTolerance = 30;

/** Why a token was refused, for the log only. */
export class SignInRefusal extends Error {
  override readonly name = "SignInRefusal";
  /** Some claims of the token, once it was verified. */
  readonly claims: Record<string, string>;

  constructor(reason: string, claims: Record<string, string> = {}) {
    super(reason);
    this.claims = claims;
  }
}

/** The rules for the tokens of one audience. */
interface AudienceRules {
  audience: string;
  rules: readonly SignInRule[];
}

/** Whom a token belongs to. */
export interface SignedInRun {
  account: string;
  /** The `sub` of the token, shortened; absent where it has none. */
  subject?: string | undefined;
  /** Absent where the token does not say it. */
  run?: CiRun | undefined;
  /** What clips are told to be recorded by. */
  verified: VerifiedRun;
  /** Some claims of the token, for the log. */
  claims: Record<string, string>;
}

/** Verifies the tokens of one issuer, and finds the rules that admit them. */
export class TrustedIssuer {
  readonly address: string;
  readonly #preset: Preset;
  readonly #entries: readonly AudienceRules[];
  readonly #keys: IssuerKeys;

  constructor(address: string, preset: Preset, entries: readonly AudienceRules[]) {
    this.address = address;
    this.#preset = preset;
    this.#entries = entries;
    this.#keys = new IssuerKeys(address, preset.keyPath);
  }

  /** Throws `SignInRefusal` and `IssuerFailure`. */
  async findAccount(token: string): Promise<SignedInRun> {
    const payload = await this.#verify(token);
    const claims = toClaims(payload);
    const audiences = claims.get("aud") ?? [];
    const entries = this.#entries.filter(({ audience }) => audiences.includes(audience));
    const rules = entries.flatMap((entry) => entry.rules);
    const matching = rules.filter((rule) => this.#matches(rule, claims));
    const { forks } = this.#preset;
    const isFork = forks?.canBeFork?.(claims) ?? false;
    const admitting = matching.find((rule) => rule.forks || !isFork);
    const shown = this.#show(claims);
    if (admitting) {
      const { sub: subject } = pickClaims(claims, ["sub"]);
      const run = this.#preset.readRun?.(this.address, claims);
      const verified = readVerifiedRun(this.address, this.#preset, claims, payload);
      return { account: admitting.account, subject, run, verified, claims: shown };
    }
    const reason =
      matching.length > 0
        ? `${forks?.reason}, and no rule that matches has "forks": true`
        : "no rule matches";
    throw new SignInRefusal(reason, shown);
  }

  #matches(rule: SignInRule, claims: Claims): boolean {
    return Object.entries(rule.claims).every(([name, pattern]) => {
      const isCaseless = this.#preset.caseless.includes(name);
      return matchesClaim(pattern, claims.get(name), { isCaseless });
    });
  }

  /** The claims that decide, and those that tell a person which run it was. */
  #show(claims: Claims): Record<string, string> {
    const named = this.#entries.flatMap(({ rules }) =>
      rules.flatMap((rule) => Object.keys(rule.claims)),
    );
    return pickClaims(claims, new Set([...this.#preset.logged, ...named]));
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, (...input) => this.#keys.find(...input), {
        issuer: this.address,
        audience: this.#audiences,
        algorithms: publicKeyAlgorithms,
        requiredClaims: ["exp"],
        maxTokenAge: this.#preset.maxTokenAge,
        clockTolerance,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw this.#describe(error);
      throw error;
    }
  }

  get #audiences(): string[] {
    return this.#entries.map(({ audience }) => audience);
  }

  // Of a token that is not verified only the code is logged: a message can hold text of its header.
  #describe(error: errors.JOSEError): SignInRefusal {
    const isVerified =
      error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired;
    if (!isVerified) return new SignInRefusal(error.code);
    const claims = toClaims(error.payload);
    if (error.claim !== "aud") return new SignInRefusal(error.message, this.#show(claims));
    const reason = `${error.message} (wanted: ${this.#audiences.join(", ")})`;
    return new SignInRefusal(reason, { ...this.#show(claims), ...pickClaims(claims, ["aud"]) });
  }
}
