/** A newly created app. Keep `appSecret`: only its hash is stored, so it is never shown again. */
export interface CreatedApp {
  appId: string;
  appSecret: string;
  account: string;
}

/** An app or a user, without the secret. */
export interface Login {
  /** An app id or a username. */
  name: string;
  /** What an app is called, for people; `null` for a user. */
  label: string | null;
  account: string;
  /** ISO 8601. */
  createdOn: string;
}

/** The two kinds of those who sign in with a secret. */
export type LoginKind = "app" | "user";

/** Who may use the service. Clips belong to an account; apps and users sign in to one. */
export interface Accounts {
  /**
   * Creates an app. `name` is for people, such as `ci`; `account` is the one that it signs in to, such
   * as `acc_team1`, which need not exist yet, or else a new one.
   *
   * @throws Error when the account's name is invalid
   */
  createApp(name?: string, account?: string): Promise<CreatedApp>;
  /**
   * Gives an app a new secret. The old one ends, and so do the app's sessions: at once on a folder, within
   * a second on a bucket. `null` when there is no such app.
   */
  rotateApp(appId: string): Promise<CreatedApp | null>;
  /** Removes an app; its sessions end as with `rotateApp`. `false` when there is none. */
  removeApp(appId: string): Promise<boolean>;
  /** All apps, or all users, in no useful order. */
  list(kind: LoginKind): Promise<Login[]>;
  /**
   * Adds a user and returns the account that the user signs in to: `account`, such as `acc_team1`,
   * which need not exist yet, or else a new one.
   *
   * @throws Error when the username is taken or the account's name is invalid
   */
  addUser(username: string, password: string, account?: string): Promise<string>;
  /**
   * Gives a user a new password, which ends the old one and the user's sessions. Returns the account, `null`
   * when there is no such user.
   */
  changePassword(username: string, password: string): Promise<string | null>;
  /** Removes a user, whose sessions end. `false` when there is none. */
  removeUser(username: string): Promise<boolean>;
  /**
   * The app's account, or `null` when the id or the secret is wrong. Takes as long for an unknown
   * app, so that response times do not reveal which apps exist.
   */
  verifyApp(appId: string, appSecret: string): Promise<string | null>;
  /** The user's account, or `null`. Takes as long for an unknown user, as `verifyApp` does. */
  verifyUser(username: string, password: string): Promise<string | null>;
  /**
   * Names the present secret of an app or a user without revealing it: another secret has another name.
   * `null` when there is no such app or user. It may be up to a second old on a bucket.
   */
  findGeneration(kind: LoginKind, name: string): Promise<string | null>;
  hasApp(appId: string): Promise<boolean>;
  /** Whether there is any app, so that the first start can create one. */
  hasApps(): Promise<boolean>;
}

/** What an account can be called. */
export const accountPattern = /^[a-z]+_[a-z0-9_]{1,60}$/;
