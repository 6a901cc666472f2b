import { randomBytes } from "node:crypto";
import type { WireSession } from "@clipcourier/core/wire";
import { jwtVerify, SignJWT } from "jose";
import type { Accounts } from "./accounts.js";
import { HttpError } from "./http-error.js";
import { deriveKey } from "./keys.js";

const issuer = "clipcourier";
const algorithm = "HS256";

/** The same for every reason, so that it does not tell which of the credentials was wrong. */
function notSignedIn(): HttpError {
  return new HttpError(401, "Not signed in: a credential is missing, wrong or expired.");
}

/** Signs in, and checks who signed in. Tokens are stateless: any process can check them. */
export class Auth {
  readonly #accounts: Accounts;
  readonly #key: Buffer;
  readonly #tokenLifetime: number;

  /** `tokenLifetime` in seconds. */
  constructor(accounts: Accounts, secret: string, tokenLifetime: number) {
    this.#accounts = accounts;
    this.#key = deriveKey(secret, "access tokens");
    this.#tokenLifetime = tokenLifetime;
  }

  /** `header` is the app id that came in the header. Throws 401. */
  async signInApp(
    header: string | undefined,
    appId: unknown,
    appSecret: unknown,
  ): Promise<WireSession> {
    const account = await this.#accounts.verifyApp(header ?? "", textOf(appSecret));
    const isSameApp = appId === undefined || appId === header;
    if (!account || !header || !isSameApp) throw notSignedIn();
    return this.#openSession(account, header);
  }

  /** `header` is the app id that came in the header. Throws 401. */
  async signInUser(
    header: string | undefined,
    name: unknown,
    password: unknown,
  ): Promise<WireSession> {
    const account = await this.#accounts.verifyUser(textOf(name), textOf(password));
    if (!account || !header || !(await this.#accounts.hasApp(header))) throw notSignedIn();
    return this.#openSession(account, header);
  }

  /** The account of a request under `/me`. Throws 401. */
  async requireAccount(headers: Headers): Promise<string> {
    const appId = headers.get("x-pv-meta-app");
    const accessKey = headers.get("x-access-key");
    const token = headers.get("x-access-token");
    if (!appId || !accessKey || !token) throw notSignedIn();
    const claims = await jwtVerify(token, this.#key, { issuer, algorithms: [algorithm] }).then(
      ({ payload }) => payload,
      () => null,
    );
    if (!claims?.sub || claims.app !== appId || claims.key !== accessKey) throw notSignedIn();
    if (!(await this.#accounts.hasApp(appId))) throw notSignedIn();
    return claims.sub;
  }

  async #openSession(account: string, appId: string): Promise<WireSession> {
    const accessKey = randomBytes(16).toString("hex");
    const accessToken = await new SignJWT({ app: appId, key: accessKey })
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setSubject(account)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + this.#tokenLifetime)
      .sign(this.#key);
    return { access_key: accessKey, access_token: accessToken, id: account };
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
