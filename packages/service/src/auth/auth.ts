import { randomBytes } from "node:crypto";
import { keylessAppId, type WireSession } from "@clipcourier/core/wire";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Logger } from "pino";
import * as v from "valibot";
import { type VerifiedRun, verifiedRunSchema } from "../catalog/verified-run.js";
import { HttpError } from "../http-error.js";
import { deriveKey } from "../keys.js";
import type { Limits } from "../limits/limits.js";
import { LogThrottle } from "../limits/log-throttle.js";
import type { Accounts } from "./accounts.js";
import { IssuerFailure } from "./keyless/issuer-keys.js";
import type { KeylessSignIn } from "./keyless/keyless-sign-in.js";
import type { CiRun } from "./keyless/preset.js";
import { SignInRefusal } from "./keyless/trusted-issuer.js";
import { type Caller, SignInGate } from "./sign-in-gate.js";

const issuer = "clipcourier";
const algorithm = "HS256";
// Seconds. A job can sign in again at any time, so its token need not outlive the job by much.
const keylessLifetime = 60 * 60;

/** One error for every reason, so that it does not reveal which credential was wrong. */
function notSignedIn(): HttpError {
  return new HttpError(401, "Not signed in: a credential is missing, wrong or expired.");
}

export interface AuthOptions {
  accounts: Accounts;
  secret: string;
  /** Seconds. */
  tokenLifetime: number;
  /** `null` when keyless sign-in is not offered. */
  keyless: KeylessSignIn | null;
  limits: Limits;
  logger: Logger;
}

/** Who a session is for: an account, by way of an app, with the secrets that they had then. */
interface Holder {
  account: string;
  app: string;
  generation: string;
  user?: { name: string; generation: string };
  /** The `sub` of the ID token that a job has signed in with. */
  subject?: string | undefined;
  /** What that token says of the job. */
  run?: CiRun | undefined;
  /** The same, for the statements of the clips that it uploads. */
  verified?: VerifiedRun | undefined;
}

/** Who makes a request: one that several share an app with is told apart where they have signed in so. */
export interface Requester {
  account: string;
  /** The name of the user who has signed in. */
  user?: string | undefined;
  /** The `sub` of the ID token that a job has signed in with, shortened. */
  subject?: string | undefined;
  /** What that token says of the job. */
  run?: CiRun | undefined;
  /** The same, for the statements of the clips that it uploads; absent with any other sign-in. */
  verified?: VerifiedRun | undefined;
}

/** Signs clients in and checks their tokens, which any process with the same secret can do. */
export class Auth {
  readonly #accounts: Accounts;
  readonly #key: Buffer;
  readonly #tokenLifetime: number;
  readonly #keyless: KeylessSignIn | null;
  readonly #gate: SignInGate;
  readonly #logger: Logger;
  readonly #throttle: LogThrottle;

  constructor({ accounts, secret, tokenLifetime, keyless, limits, logger }: AuthOptions) {
    this.#accounts = accounts;
    this.#key = deriveKey(secret, "access tokens");
    this.#tokenLifetime = tokenLifetime;
    this.#keyless = keyless;
    this.#logger = logger;
    this.#throttle = new LogThrottle(limits.logInterval);
    this.#gate = new SignInGate({ limits, logger, throttle: this.#throttle });
  }

  /** `header` is the app id from the X-PV-Meta-App header. Throws 401, 429 and 503. */
  async signInApp(
    header: string | undefined,
    { app_id: appId, app_secret: appSecret }: Record<string, unknown>,
    caller: Caller,
  ): Promise<WireSession> {
    const attempt = {
      ...caller,
      kind: "app",
      name: header ?? "",
      secret: textOf(appSecret),
    } as const;
    const generation = await this.#findGeneration(header);
    const account = await this.#gate.check(attempt, async () => {
      const found = await this.#accounts.verifyApp(attempt.name, attempt.secret);
      return appId === undefined || appId === header ? found : null;
    });
    if (!account || !header || generation === null) throw notSignedIn();
    return this.#openSession({ account, app: header, generation });
  }

  /** `header` is the app id from the X-PV-Meta-App header. Throws 401, 429 and 503. */
  async signInUser(
    header: string | undefined,
    { username, password }: Record<string, unknown>,
    caller: Caller,
  ): Promise<WireSession> {
    const name = textOf(username);
    const attempt = { ...caller, kind: "user", name, secret: textOf(password) } as const;
    // Before the secret is checked: a session of one that is changed meanwhile is of no use.
    const own = await this.#accounts.findGeneration("user", name);
    const account = await this.#gate.check(attempt, () =>
      this.#accounts.verifyUser(name, attempt.secret),
    );
    const generation = await this.#findGeneration(header);
    if (!account || !header || generation === null || own === null) throw notSignedIn();
    const user = { name, generation: own };
    return this.#openSession({ account, app: header, generation, user });
  }

  /**
   * `token` is the ID token that a CI system issued to a job. Throws 401, 404 when keyless sign-in is not
   * offered, 429, and 503 when the token cannot be checked.
   */
  async signInKeyless(
    header: string | undefined,
    { token }: Record<string, unknown>,
    caller: Caller,
  ): Promise<WireSession> {
    if (!this.#keyless) throw new HttpError(404, "This service offers no keyless sign-in.");
    await this.#gate.admit(caller);
    try {
      const { account, subject, run, verified, claims } = await this.#keyless.findAccount(
        textOf(token),
      );
      const generation = await this.#findGeneration(header);
      if (!header || generation === null)
        throw new SignInRefusal(`the app id is not "${keylessAppId}"`, claims);
      this.#logger.info({ account, claims }, "keyless sign-in");
      const lifetime = Math.min(keylessLifetime, this.#tokenLifetime);
      const holder = { account, app: header, generation, subject, run, verified };
      return await this.#openSession(holder, lifetime);
    } catch (error) {
      throw this.#describeKeyless(error, caller);
    }
  }

  /** Whose request under `/me` it is. Throws 401. */
  async requireRequester(headers: Headers): Promise<Requester> {
    const appId = headers.get("x-pv-meta-app");
    const accessKey = headers.get("x-access-key");
    const token = headers.get("x-access-token");
    if (!appId || !accessKey || !token) throw notSignedIn();
    const claims = await jwtVerify(token, this.#key, { issuer, algorithms: [algorithm] }).then(
      ({ payload }) => payload,
      () => null,
    );
    if (!claims?.sub || claims.app !== appId || claims.key !== accessKey) throw notSignedIn();
    if (!(await this.#isCurrent(appId, claims))) throw notSignedIn();
    const { sub: account, user, subject, repository, pull } = claims;
    const verified = v.safeParse(verifiedRunSchema, claims.verified);
    const run = typeof repository === "string" && {
      repository,
      ...(typeof pull === "number" && { pullRequest: pull }),
    };
    return {
      ...{ account, user: nameOf(user), subject: nameOf(subject) },
      ...(run && { run }),
      ...(verified.success && { verified: verified.output }),
    };
  }

  /** Whether the app, and the user where one has signed in, are there and have the same secret still. */
  async #isCurrent(appId: string, { gen, user, user_gen: own }: JWTPayload): Promise<boolean> {
    if ((await this.#findGeneration(appId)) !== gen) return false;
    if (user === undefined) return true;
    return typeof user === "string" && (await this.#accounts.findGeneration("user", user)) === own;
  }

  /** Names the secret of the app in a header; `null` when that app does not exist any more. */
  async #findGeneration(header: string | undefined): Promise<string | null> {
    if (!header) return null;
    if (header === keylessAppId) return this.#keyless ? keylessAppId : null;
    return this.#accounts.findGeneration("app", header);
  }

  /** The error for the client. Why a token was refused is written to the log only. */
  #describeKeyless(error: unknown, { address }: Caller): unknown {
    if (error instanceof SignInRefusal) {
      const { message: reason, claims } = error;
      // A flood of tokens is one kind of line; the runs of a workflow are told apart.
      this.#throttle.write(JSON.stringify([address, reason, claims]), (suppressed) => {
        const facts = { address, reason, claims, suppressed };
        this.#logger.info(facts, "keyless sign-in refused");
      });
      return notSignedIn();
    }
    if (error instanceof IssuerFailure) {
      this.#throttle.write(error.message, (suppressed) => {
        this.#logger.error({ err: error, suppressed }, "keyless sign-in failed");
      });
      const message = "The token cannot be checked: its issuer is out of reach. Try again.";
      return new HttpError(503, message, { "Retry-After": "5" });
    }
    return error;
  }

  async #openSession(
    { account, app, generation, user, subject, run, verified }: Holder,
    lifetime = this.#tokenLifetime,
  ): Promise<WireSession> {
    const accessKey = randomBytes(16).toString("hex");
    const accessToken = await new SignJWT({
      ...{ app, gen: generation, key: accessKey },
      ...(user && { user: user.name, user_gen: user.generation }),
      ...(subject !== undefined && { subject }),
      ...(run && { repository: run.repository, pull: run.pullRequest }),
      ...(verified && { verified }),
    })
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setSubject(account)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifetime)
      .sign(this.#key);
    return { access_key: accessKey, access_token: accessToken, id: account };
  }
}

function nameOf(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
