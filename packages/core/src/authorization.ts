import type { Api, ApiCall, CallOptions } from "./api.js";
import type { Session } from "./clip.js";
import { DirectUploadError, isDirectUploadError } from "./errors.js";
import { requireHeaderValue } from "./options.js";
import { toSession, wireSessionAnswer } from "./wire.js";

/** The keys of an app: a secret, or the key and token that an earlier sign-in gave. */
export interface Credentials {
  /** Sent with every request as `X-PV-Meta-App`. */
  appId: string;
  /** Signs in when a key and a token are first needed, and again once when they are refused. */
  appSecret?: string | undefined;
  /** Sent as `X-Access-Key`, together with `accessToken`. */
  accessKey?: string | undefined;
  /** Sent as `X-Access-Token`. */
  accessToken?: string | undefined;
  /** Sent when signing in, for services that tell devices apart. */
  deviceId?: string | undefined;
}

/** A person's name and password, where the service has accounts for people. */
export interface UserCredentials {
  username: string;
  password: string;
}

/** Throws `invalid_option` for keys that cannot be sent, and for half of a pair. */
export function checkCredentials({ appId, appSecret, accessKey, accessToken }: Credentials): void {
  requireHeaderValue("appId", appId);
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

/** Keeps one client's session: signs in when it is first needed, and again when it has ended. */
export class Authorization {
  readonly #api: Api;
  readonly #credentials: Credentials;
  readonly #secrets: Set<string>;
  #session: Promise<Session> | undefined;

  /** @param secrets takes everything that must never be shown */
  constructor(api: Api, credentials: Credentials, secrets: Set<string>) {
    this.#api = api;
    this.#credentials = credentials;
    this.#secrets = secrets;
    const { appSecret, accessKey, accessToken } = credentials;
    if (appSecret !== undefined) secrets.add(appSecret);
    if (accessKey !== undefined && accessToken !== undefined) {
      this.#keep({ accessKey, accessToken, id: "" });
    }
  }

  /** A call under `/me`: a 401 signs in again once, where there is a secret to do it with. */
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

  /** Signs in with the secret, or as the given user, and keeps the session. */
  signIn({ signal, onRetry }: CallOptions = {}, user?: UserCredentials): Promise<Session> {
    const { appId, appSecret, deviceId } = this.#credentials;
    if (user === undefined && appSecret === undefined) {
      throw new DirectUploadError(
        "unauthorized",
        "There is nothing to sign in with: give appSecret, or accessKey and accessToken.",
      );
    }
    if (user !== undefined) this.#secrets.add(user.password);
    const session = this.#api
      .call({
        what: "signing in",
        method: "POST",
        path: user === undefined ? "login/app/" : "login/",
        form: {
          ...(user ?? { app_id: appId, app_secret: appSecret }),
          device_id: deviceId,
        },
        answer: wireSessionAnswer,
        signal,
        onRetry,
      })
      .then((answer) => this.#keep(toSession(answer)));
    this.#session = session;
    // A sign-in that failed must not stand in the way of the next call's.
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #canSignIn(): boolean {
    return this.#credentials.appSecret !== undefined;
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
