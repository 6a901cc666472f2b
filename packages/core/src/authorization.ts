import type { Api, ApiCall, CallOptions } from "./api.js";
import type { Session } from "./clip.js";
import { DirectUploadError, isDirectUploadError } from "./errors.js";
import { describeKeylessFailure, type GetIdToken, requestIdToken } from "./id-token.js";
import { requireHeaderValue } from "./options.js";
import { toSession, wireSessionAnswer } from "./wire.js";

/**
 * The keys of an app: a secret, or the key and token that an earlier sign-in gave. Or none, where
 * the service knows the workflow that this runs in: then `getIdToken`.
 */
export interface Credentials {
  /** Sent with every request as `X-PV-Meta-App`. With `getIdToken`: `github`. */
  appId: string;
  /** Signs in when a key and a token are first needed, and again once when they are refused. */
  appSecret?: string | undefined;
  /** Sent as `X-Access-Key`, together with `accessToken`. */
  accessKey?: string | undefined;
  /** Sent as `X-Access-Token`. */
  accessToken?: string | undefined;
  /**
   * Gives an OpenID Connect token of the workflow's job for the audience, which is the origin of
   * `rootUrl`: `(audience) => core.getIDToken(audience)` with `@actions/core`. Signs in as a secret
   * does, where there is none. An extension: not every service offers it.
   */
  getIdToken?: GetIdToken | undefined;
  /** Sent when signing in, for services that tell devices apart. */
  deviceId?: string | undefined;
}

/** A person's name and password, where the service has accounts for people. */
export interface UserCredentials {
  username: string;
  password: string;
}

/** Throws `invalid_option` for keys that cannot be sent, and for half of a pair. */
export function checkCredentials(credentials: Credentials): void {
  const { appId, appSecret, accessKey, accessToken, getIdToken } = credentials;
  requireHeaderValue("appId", appId);
  if (getIdToken !== undefined && typeof getIdToken !== "function") {
    throw new DirectUploadError("invalid_option", "getIdToken must be a function.");
  }
  if (appSecret === "") throw new DirectUploadError("invalid_option", "appSecret is empty.");
  if (accessKey !== undefined) requireHeaderValue("accessKey", accessKey);
  if (accessToken !== undefined) requireHeaderValue("accessToken", accessToken);
  if ((accessKey === undefined) !== (accessToken === undefined)) {
    throw new DirectUploadError(
      "invalid_option",
      "accessKey and accessToken go together: give both.",
    );
  }
}

export interface AuthorizationOptions {
  api: Api;
  credentials: Credentials;
  /** What an ID token is made for. */
  audience: string;
  /** Takes everything that must never be shown. */
  secrets: Set<string>;
}

/** Keeps one client's session: signs in when it is first needed, and again when it has ended. */
export class Authorization {
  readonly #api: Api;
  readonly #credentials: Credentials;
  readonly #audience: string;
  readonly #secrets: Set<string>;
  #session: Promise<Session> | undefined;

  constructor({ api, credentials, audience, secrets }: AuthorizationOptions) {
    this.#api = api;
    this.#credentials = credentials;
    this.#audience = audience;
    this.#secrets = secrets;
    const { appSecret, accessKey, accessToken } = credentials;
    if (appSecret !== undefined) secrets.add(appSecret);
    if (accessKey !== undefined && accessToken !== undefined) {
      this.#keep({ accessKey, accessToken, id: "" });
    }
  }

  /** A call under `/me`: a 401 signs in again once, where there is something to do it with. */
  async call<T>(call: ApiCall<T>): Promise<T> {
    const session = this.#session ?? this.signIn(call);
    try {
      return await this.#callAs(await session, call);
    } catch (error) {
      if (!isDirectUploadError(error, "unauthorized") || !this.#canSignIn()) throw error;
      // Several calls may find out at once: the first signs in for all.
      const renewed = this.#session === session ? this.signIn(call) : (this.#session ?? session);
      return await this.#callAs(await renewed, call);
    }
  }

  /** Signs in with what there is, or as the given user, and keeps the session. */
  signIn(options: CallOptions = {}, user?: UserCredentials): Promise<Session> {
    const session = this.#openSession(options, user);
    this.#session = session;
    // A sign-in that failed must not stand in the way of the next call's.
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  async #openSession(options: CallOptions, user?: UserCredentials): Promise<Session> {
    const { appId, appSecret, getIdToken } = this.#credentials;
    if (user !== undefined) {
      this.#secrets.add(user.password);
      return this.#send("login/", { ...user }, options);
    }
    if (appSecret !== undefined) {
      return this.#send("login/app/", { app_id: appId, app_secret: appSecret }, options);
    }
    if (getIdToken !== undefined) return this.#signInKeyless(getIdToken, options);
    throw new DirectUploadError(
      "unauthorized",
      "There is nothing to sign in with: give appSecret, or accessKey and accessToken, or getIdToken.",
    );
  }

  async #signInKeyless(getIdToken: GetIdToken, options: CallOptions): Promise<Session> {
    const audience = this.#audience;
    const { signal } = options;
    const token = await requestIdToken(getIdToken, { audience, secrets: this.#secrets, signal });
    try {
      return await this.#send("login/github/", { token }, options);
    } catch (error) {
      throw describeKeylessFailure(error, audience);
    }
  }

  async #send(
    path: string,
    form: Record<string, string>,
    { signal, onRetry }: CallOptions,
  ): Promise<Session> {
    const answer = await this.#api.call({
      what: "signing in",
      method: "POST",
      path,
      form: { ...form, device_id: this.#credentials.deviceId },
      answer: wireSessionAnswer,
      signal,
      onRetry,
    });
    return this.#keep(toSession(answer));
  }

  #canSignIn(): boolean {
    const { appSecret, getIdToken } = this.#credentials;
    return appSecret !== undefined || getIdToken !== undefined;
  }

  #keep(session: Session): Session {
    this.#secrets.add(session.accessKey).add(session.accessToken);
    this.#session ??= Promise.resolve(session);
    return session;
  }

  #callAs<T>({ accessKey, accessToken }: Session, call: ApiCall<T>): Promise<T> {
    return this.#api.call({
      ...call,
      headers: { "x-access-key": accessKey, "x-access-token": accessToken },
    });
  }
}
