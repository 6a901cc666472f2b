import { decodeJwt, errors } from "jose";
import { presetOf } from "./rule-problems.js";
import type { IssuerRules } from "./sign-in-rules.js";
import { type SignedInRun, SignInRefusal, TrustedIssuer } from "./trusted-issuer.js";

// Characters. GitHub's tokens have about 2,000.
const longestToken = 16 * 1024;

/** Rules whose audience is settled. */
export interface IssuerEntry extends IssuerRules {
  audience: string;
}

/** Checks the ID tokens that CI systems issue to jobs. */
export class KeylessSignIn {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;

  constructor(entries: readonly IssuerEntry[]) {
    const groups = Map.groupBy(entries, (entry) => presetOf(entry).address);
    const issuers = [...groups].flatMap(([address, [first, ...others]]) => {
      if (first === undefined) return [];
      return [new TrustedIssuer(address, presetOf(first).preset, [first, ...others])];
    });
    this.#issuers = new Map(issuers.map((issuer) => [issuer.address, issuer]));
  }

  /** The account that the token signs in to. Throws `SignInRefusal` and `IssuerFailure`. */
  async findAccount(token: string): Promise<SignedInRun> {
    if (token.length > longestToken) throw new SignInRefusal("the token is too long");
    return this.#findIssuer(token).findAccount(token);
  }

  /** Only a first look, to choose the keys: what the token says is verified afterwards. */
  #findIssuer(token: string): TrustedIssuer {
    const issuer = this.#issuers.get(readIssuer(token) ?? "");
    if (issuer) return issuer;
    const wanted = [...this.#issuers.keys()].join(", ");
    throw new SignInRefusal(`no rules are for the "iss" of the token (wanted: ${wanted})`);
  }
}

function readIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new SignInRefusal(error.code);
    throw error;
  }
}
