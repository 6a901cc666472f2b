import { DirectUploadError, isDirectUploadError } from "../errors.js";
import type { RetryBudget } from "../http/retry-budget.js";
import type { RetryEvent, RetryOptions } from "../http/retry-options.js";
import { requireHeaderValue } from "../options.js";
import type { Secrets } from "../redact.js";
import { SharedWork } from "../shared-work.js";
import type { Session } from "./answers.js";
import type { Api, ApiCall, CallOptions } from "./api.js";
import { describeKeylessFailure, type GetIdToken, requestIdToken } from "./id-token.js";
import { toSession, wireSessionAnswer } from "./wire.js";

/**
 * The keys of an app: a secret, or the key and token that an earlier sign-in gave. Where the
 * service has a rule for the CI job that this runs in, `getIdToken` takes their place.
 */
export interface Credentials {
  /** Sent with every request as `X-PV-Meta-App`. With `getIdToken` alone: `keylessAppId`. */
  appId: string;
  /** Signs in when a key and a token are first needed, and again once when they are refused. */
  appSecret?: string | undefined;
  /** Sent as `X-Access-Key`, together with `accessToken`. */
  accessKey?: string | undefined;
  /** Sent as `X-Access-Token`. */
  accessToken?: string | undefined;
  /**
   * Gives an OpenID Connect token of the CI job for the audience, which is the origin of `rootUrl`.
   * It is used to sign in where there is no `appSecret`, and again when the session has ended. An
   * extension of the protocol: not every service offers it.
   *
   * @example { appId: keylessAppId, getIdToken: getIDToken } // of @actions/core
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
  /** Collects everything that must never be shown. */
  secrets: Secrets;
}

/** Options of the call that needs a session, and what it may spend on retries. */
interface SignInOptions extends CallOptions {
  budget?: RetryBudget | undefined;
}

/** A sign-in that several calls may wait for. */
interface SharedSignIn {
  work: SharedWork<Session, RetryEvent>;
  retry: RetryOptions;
  /** Whether a person signed in: the app must not take over when that session has ended. */
  isUser: boolean;
}

/**
 * Keeps the session of a client: signs in when one is first needed, and again when it has ended,
 * unless it was that of a user.
 */
export class Authorization {
  readonly #api: Api;
  readonly #credentials: Credentials;
  readonly #audience: string;
  readonly #secrets: Secrets;
  #session: SharedSignIn | undefined;

  constructor({ api, credentials, audience, secrets }: AuthorizationOptions) {
    this.#api = api;
    this.#credentials = credentials;
    this.#audience = audience;
    this.#secrets = secrets;
    const { appSecret, accessKey, accessToken } = credentials;
    if (appSecret !== undefined) secrets.add(appSecret);
    if (accessKey !== undefined && accessToken !== undefined) {
      const session = this.#keep({ accessKey, accessToken, id: "" });
      this.#session = { work: new SharedWork(async () => session), retry: {}, isUser: false };
    }
  }

  /** A call under `/me`: after a 401 it signs in again once, where there are keys to do so. */
  async call<T>(call: ApiCall<T>): Promise<T> {
    const used = this.#join(call);
    const session = await this.#wait(used, call);
    try {
      return await this.#callAs(session, call);
    } catch (error) {
      if (!isDirectUploadError(error, "unauthorized")) throw error;
      // Several calls may be refused at once: the first one signs in for all of them. Or the caller
      // has signed in meanwhile.
      if (this.#session === used || this.#session === undefined) {
        if (used.isUser) throw describeEndedSession(error);
        if (!this.#canSignIn()) throw error;
        this.#session = undefined;
      }
      return await this.#callAs(await this.#wait(this.#join(call), call), call);
    }
  }

  /** The session. Signs in where there is none. */
  async openSession(options: SignInOptions): Promise<Session> {
    return this.#wait(this.#join(options), options);
  }

  /** Signs in with the credentials, or as the given user, and keeps the session. */
  async signIn(user: UserCredentials | undefined, options: SignInOptions): Promise<Session> {
    return this.#start(options, user).work.wait(options.signal, options.onRetry);
  }

  #join(options: SignInOptions): SharedSignIn {
    const session = this.#session;
    return session === undefined || session.work.isAbandoned ? this.#start(options) : session;
  }

  async #wait(session: SharedSignIn, options: SignInOptions): Promise<Session> {
    try {
      return await session.work.wait(options.signal, options.onRetry);
    } catch (error) {
      // Another call, with fewer attempts perhaps, had started this sign-in: this one makes its
      // own.
      const isOwn = haveSameValues(session.retry, this.#resolveRetry(options));
      if (isOwn || !isDirectUploadError(error) || !error.retryable || options.signal?.aborted) {
        throw error;
      }
      return await this.#join(options).work.wait(options.signal, options.onRetry);
    }
  }

  #start(options: SignInOptions, user?: UserCredentials): SharedSignIn {
    const retry = this.#resolveRetry(options);
    // Calls share it, so it ends with none of them and has a budget of its own.
    const work = new SharedWork<Session, RetryEvent>(({ signal, report: onRetry }) =>
      this.#openSession({ signal, onRetry, retry }, user),
    );
    const session = { work, retry, isUser: user !== undefined };
    // An open session is used until the new sign-in has succeeded.
    if (this.#session === undefined || this.#session.work.isAbandoned) this.#session = session;
    work.onSuccess(() => {
      this.#session = session;
    });
    work.onFailure(() => {
      // A sign-in that failed must not stand in the way of the next call's.
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #resolveRetry({ budget, retry }: SignInOptions): RetryOptions {
    return (budget ?? this.#api.createBudget(retry)).options;
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
      const isAddressWrong = isDirectUploadError(error, "not_found") && this.#api.lacksVersion;
      throw isAddressWrong ? error : describeKeylessFailure(error, token, audience);
    }
  }

  async #send(path: string, form: Record<string, string>, options: CallOptions): Promise<Session> {
    const answer = await this.#api.call({
      ...options,
      what: "signing in",
      isEverywhere: true,
      method: "POST",
      path,
      form: { ...form, device_id: this.#credentials.deviceId },
      answer: wireSessionAnswer,
    });
    return this.#keep(toSession(answer));
  }

  #canSignIn(): boolean {
    const { appSecret, getIdToken } = this.#credentials;
    return appSecret !== undefined || getIdToken !== undefined;
  }

  #keep(session: Session): Session {
    this.#secrets.add(session.accessKey);
    this.#secrets.add(session.accessToken);
    return session;
  }

  #callAs<T>({ accessKey, accessToken }: Session, call: ApiCall<T>): Promise<T> {
    return this.#api.call({
      ...call,
      headers: { "x-access-key": accessKey, "x-access-token": accessToken },
    });
  }
}

// The password is not kept, so the session cannot be renewed.
function describeEndedSession({ message, status }: DirectUploadError): DirectUploadError {
  return new DirectUploadError(
    "unauthorized",
    `${message} The user's session has ended: call signIn() with the name and the password again.`,
    { status },
  );
}

function haveSameValues(one: RetryOptions, other: RetryOptions): boolean {
  return (["attempts", "outage", "minDelay", "maxDelay"] as const).every(
    (name) => one[name] === other[name],
  );
}
