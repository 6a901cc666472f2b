import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { onTestFinished } from "vitest";
import { type CiSystem, type CiSystemName, type Claims, ciSystems } from "./ci-claims.js";

export type { Claims } from "./ci-claims.js";

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

interface Answer {
  status: number;
  body: string;
}

/**
 * A stand-in for the issuer of a CI system, GitHub's by default: gives its keys where that issuer
 * has them, and tokens at `/token?audience=…` to whoever has `requestToken`, as a runner does for a
 * job.
 */
export class IdTokenIssuer {
  /** The claim `iss` of its tokens. */
  readonly url: string;
  readonly requestToken = randomUUID();
  /** Where a job asks for its token. */
  readonly requestUrl: string;
  /** What requests for the keys are answered with instead of the keys. */
  failure: Answer | null = null;
  /** How often the keys were asked for. */
  keyRequests = 0;
  /** What requests for the discovery document are answered with instead. */
  discoveryFailure: Answer | null = null;
  /** What the discovery document says otherwise. */
  discovery: Record<string, unknown> = {};
  /** How often the discovery document was asked for. */
  discoveryRequests = 0;
  /** What the tokens that are given at `/token` say beside the usual, or in its place. */
  jobClaims: Claims = {};
  /** How many of the next requests for a token fail. */
  requestFailures = 0;
  /** What every answer waits for. */
  gate: Promise<void> = Promise.resolve();
  /** Resolves when the discovery document has been asked for. */
  readonly asked: Promise<void>;
  /** Every token that was given at `/token`. */
  readonly issued: string[] = [];
  readonly close: () => void;
  readonly #system: CiSystem;
  readonly #tellAsked: () => void;
  #keys: Key[] = [];

  private constructor(port: number, system: CiSystem, close: () => void) {
    const origin = `http://127.0.0.1:${port}`;
    this.url = origin + system.base;
    this.requestUrl = `${this.url}/token?api-version=2.0`;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.asked = promise;
    this.#tellAsked = resolve;
    this.#system = system;
    this.close = close;
  }

  static async start(name: CiSystemName = "github"): Promise<IdTokenIssuer> {
    const server = createServer((request, response) => {
      void issuer.#answer(new URL(request.url ?? "", issuer.url), request.headers).then(
        ({ status, body }) => response.writeHead(status).end(body),
        () => response.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    const { port } = server.address() as AddressInfo;
    const issuer = new IdTokenIssuer(port, ciSystems[name], close);
    onTestFinished(close);
    await issuer.rotate();
    return issuer;
  }

  /** Makes a key that signs from now on; the earlier ones are no longer given. */
  async rotate(alg = "RS256"): Promise<void> {
    const kid = randomUUID();
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
    this.#keys = [{ kid, publicKey, privateKey, jwk }];
  }

  /**
   * A token like the CI system's, signed by the newest key.
   *
   * @param at seconds from now; the token is valid for five minutes from then on
   * @param name the key id that the token names. Default: that of the key
   */
  async sign(audience: string, changes: Claims = {}, at = 0, name?: string): Promise<string> {
    const { kid, privateKey, jwk } = this.#key();
    return new SignJWT(this.claims(audience, changes, at))
      .setProtectedHeader({ alg: jwk.alg ?? "", kid: name ?? kid, typ: "JWT" })
      .sign(privateKey);
  }

  claims(audience: string, changes: Claims = {}, at = 0): JWTPayload {
    const now = Math.floor(Date.now() / 1000) + at;
    const claims = { ...this.#system.claims, iss: this.url, aud: audience, jti: randomUUID() };
    const times = { iat: now, nbf: now - 600, exp: now + 300 };
    const all = Object.entries({ ...claims, ...times, ...changes });
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }

  /** The public half of the signing key, which everybody can have. */
  async publicKey(): Promise<{ kid: string; pem: string }> {
    const { kid, publicKey } = this.#key();
    return { kid, pem: await exportSPKI(publicKey) };
  }

  #key(): Key {
    const [key] = this.#keys;
    if (!key) throw new Error("the issuer has no key");
    return key;
  }

  async #answer(
    { pathname, searchParams }: URL,
    headers: { authorization?: string | undefined },
  ): Promise<Answer> {
    const { base, keyPath } = this.#system;
    const path = pathname.startsWith(base) ? pathname.slice(base.length) : pathname;
    if (path === (keyPath ?? "/keys")) {
      this.keyRequests++;
      await this.gate;
      const keys = this.#keys.map(({ jwk }) => jwk);
      return this.failure ?? { status: 200, body: JSON.stringify({ keys }) };
    }
    if (path === "/.well-known/openid-configuration" && keyPath === null) {
      this.discoveryRequests++;
      this.#tellAsked();
      await this.gate;
      return this.discoveryFailure ?? { status: 200, body: JSON.stringify(this.#discover()) };
    }
    const isJob = headers.authorization === `Bearer ${this.requestToken}`;
    if (path !== "/token" || !isJob) return { status: 403, body: "" };
    if (this.requestFailures > 0) {
      this.requestFailures--;
      return { status: 503, body: "" };
    }
    const value = await this.sign(searchParams.get("audience") ?? "", this.jobClaims);
    this.issued.push(value);
    return { status: 200, body: JSON.stringify({ value }) };
  }

  #discover(): Record<string, unknown> {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/keys`,
      id_token_signing_alg_values_supported: ["RS256"],
      ...this.discovery,
    };
  }
}
