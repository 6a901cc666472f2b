import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from "jose";
import * as v from "valibot";
import { secureAddress } from "./rule-format.js";

/** The issuer's keys could not be fetched, so the token could not be checked. */
export class IssuerFailure extends Error {
  override readonly name = "IssuerFailure";
}

/**
 * The ways of signing that a token may use: those with a public key alone. With a shared key (HMAC)
 * anyone could sign, since the issuer's public key would be taken for it.
 */
export const publicKeyAlgorithms: string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

// What an issuer uses that does not say anything else.
const usualAlgorithms = ["RS256"];

// Milliseconds.
const longestRequest = 5_000;
const discoveryLifetime = 3_600_000;
// How long nothing is asked after a failure, or each made-up token would cause a request. Where
// nothing is known yet, clients are told to come again after 5 seconds.
const pauseWithSource = 30_000;
const pauseWithout = 5_000;

const discoveryDocument = v.object({
  issuer: v.string(),
  jwks_uri: secureAddress,
  id_token_signing_alg_values_supported: v.optional(v.array(v.string())),
});

interface KeySource {
  algorithms: readonly string[];
  getKey: JWTVerifyGetKey;
}

/**
 * The keys that an issuer signs with. Callers share what is fetched, and no caller ends it: it ends
 * after 5 seconds at the latest.
 *
 * The keys are kept for ten minutes, and where they are for an hour, or for as long as that cannot
 * be looked up again. An unknown key id has the keys fetched again, at most twice a minute.
 */
export class IssuerKeys {
  readonly #address: string;
  readonly #keyPath: string | undefined;
  /** The newest look-up, which may not have ended yet, or have failed. */
  #search: Promise<KeySource> | undefined;
  /** What was found last. */
  #known: KeySource | undefined;
  /** When the source has to be looked up again, in the time of `Date.now`. */
  #due = 0;

  /** @param keyPath where the keys are below the address; by default its discovery document says */
  constructor(address: string, keyPath: string | undefined) {
    this.#address = address;
    this.#keyPath = keyPath;
  }

  /** Finds the key of a token. Throws `IssuerFailure`, and errors of jose about the token. */
  async find(...[header, token]: Parameters<JWTVerifyGetKey>) {
    const { algorithms, getKey } = await this.#open();
    if (!algorithms.includes(header.alg)) {
      throw new errors.JOSEAlgNotAllowed('the issuer does not use the "alg" of the token');
    }
    try {
      return await getKey(header, token);
    } catch (cause) {
      // No key matches, or several do because the token names none: the token is invalid.
      if (cause instanceof errors.JWKSNoMatchingKey) throw cause;
      if (cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw this.#fail(cause);
    }
  }

  #open(): Promise<KeySource> {
    if (this.#search === undefined || Date.now() >= this.#due) this.#search = this.#renew();
    return this.#search;
  }

  /** What was known before stays in use when it cannot be looked up again. */
  async #renew(): Promise<KeySource> {
    this.#due = Number.POSITIVE_INFINITY;
    try {
      this.#known = await this.#locate();
      this.#due = Date.now() + discoveryLifetime;
      return this.#known;
    } catch (error) {
      this.#due = Date.now() + (this.#known ? pauseWithSource : pauseWithout);
      if (this.#known) return this.#known;
      throw error;
    }
  }

  async #locate(): Promise<KeySource> {
    const base = this.#address.replace(/\/$/, "");
    if (this.#keyPath !== undefined) {
      return { algorithms: usualAlgorithms, getKey: fetchKeys(base + this.#keyPath) };
    }
    try {
      const document = await fetchDiscovery(`${base}/.well-known/openid-configuration`);
      return this.#check(document);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #check(document: v.InferOutput<typeof discoveryDocument>): KeySource {
    const { issuer, jwks_uri: uri, id_token_signing_alg_values_supported: used } = document;
    if (issuer !== this.#address) {
      throw new Error(`its discovery document is of the issuer ${issuer.slice(0, 256)}`);
    }
    // Http is for an issuer on this machine: the keys of any other could be replaced on their way.
    if (uri.startsWith("http:") && !issuer.startsWith("http:")) {
      throw new Error("its discovery document names keys at an http address (jwks_uri)");
    }
    return { algorithms: used ?? usualAlgorithms, getKey: fetchKeys(uri) };
  }

  #fail(cause: unknown): IssuerFailure {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The keys of ${this.#address} could not be fetched: ${reason}`;
    return new IssuerFailure(message, { cause });
  }
}

function fetchKeys(address: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(address), {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    timeoutDuration: longestRequest,
    [customFetch]: pauseAfterFailure(),
  });
}

/** A `fetch` that repeats its last failure for a while instead of asking again. */
function pauseAfterFailure(): FetchImplementation {
  let failure: unknown;
  let end = 0;
  return async (address, options) => {
    if (Date.now() < end) throw failure;
    try {
      const answer = await fetch(address, options);
      if (answer.status !== 200) throw new Error(`${address} answered with ${answer.status}`);
      return answer;
    } catch (error) {
      failure = error;
      end = Date.now() + pauseWithout;
      throw error;
    }
  };
}

async function fetchDiscovery(address: string) {
  const answer = await fetch(address, {
    // The document says which keys are trusted, so it comes from nowhere else.
    redirect: "manual",
    signal: AbortSignal.timeout(longestRequest),
  });
  if (answer.status !== 200) throw new Error(`${address} answered with ${answer.status}`);
  const parsed = v.safeParse(discoveryDocument, await answer.json());
  if (parsed.success) return parsed.output;
  const reason = v.getDotPath(parsed.issues[0]) ?? "no object";
  throw new Error(`${address} is no discovery document of OpenID Connect (${reason})`);
}
