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

/** The claims that a test changes; one that is `undefined` is left out. */
export type Claims = Record<string, unknown>;

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

/** The claims for a run of a workflow on the branch `main` of `octo/intro`. */
const pushClaims: Claims = {
  sub: "repo:octo/intro:ref:refs/heads/main",
  repository: "octo/intro",
  repository_owner: "octo",
  repository_owner_id: "123456",
  repository_visibility: "public",
  ref: "refs/heads/main",
  ref_type: "branch",
  base_ref: "",
  head_ref: "",
  event_name: "push",
  actor: "ann",
  job_workflow_ref: "octo/intro/.github/workflows/render.yml@refs/heads/main",
  runner_environment: "github-hosted",
};

/**
 * A stand-in for GitHub: gives its keys at `/.well-known/jwks`, as the issuer of tokens does, and
 * tokens at `/token?audience=…` to whoever has `requestToken`, as the runner does for a job.
 */
export class GitHubIssuer {
  readonly url: string;
  readonly requestToken = randomUUID();
  /** What requests for the keys are answered with instead of the keys. */
  failure: { status: number; body: string } | null = null;
  /** How often the keys were asked for. */
  keyRequests = 0;
  /** Every token that was given at `/token`. */
  readonly issued: string[] = [];
  readonly close: () => void;
  #keys: Key[] = [];

  private constructor(port: number, close: () => void) {
    this.url = `http://127.0.0.1:${port}`;
    this.close = close;
  }

  static async start(): Promise<GitHubIssuer> {
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
    const issuer = new GitHubIssuer((server.address() as AddressInfo).port, close);
    onTestFinished(close);
    await issuer.rotate();
    return issuer;
  }

  /** Makes a key that signs from now on; the earlier ones are no longer given. */
  async rotate(): Promise<void> {
    const kid = randomUUID();
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
    this.#keys = [{ kid, publicKey, privateKey, jwk }];
  }

  /**
   * A token like GitHub's, signed by the newest key.
   *
   * @param at seconds from now; the token is valid for five minutes from then on
   * @param name the key id that the token names. Default: that of the key
   */
  async sign(audience: string, changes: Claims = {}, at = 0, name?: string): Promise<string> {
    const { kid, privateKey } = this.#key();
    return new SignJWT(this.claims(audience, changes, at))
      .setProtectedHeader({ alg: "RS256", kid: name ?? kid, typ: "JWT" })
      .sign(privateKey);
  }

  claims(audience: string, changes: Claims = {}, at = 0): JWTPayload {
    const now = Math.floor(Date.now() / 1000) + at;
    const claims = { ...pushClaims, iss: this.url, aud: audience, jti: randomUUID() };
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
  ): Promise<{ status: number; body: string }> {
    if (pathname === "/.well-known/jwks") {
      this.keyRequests++;
      const keys = this.#keys.map(({ jwk }) => jwk);
      return this.failure ?? { status: 200, body: JSON.stringify({ keys }) };
    }
    const isJob = headers.authorization === `Bearer ${this.requestToken}`;
    if (pathname !== "/token" || !isJob) return { status: 403, body: "" };
    const value = await this.sign(searchParams.get("audience") ?? "");
    this.issued.push(value);
    return { status: 200, body: JSON.stringify({ value }) };
  }
}
