/** A newly created app. Keep `appSecret`: only its hash is stored, so it is never shown again. */
export interface CreatedApp {
  appId: string;
  appSecret: string;
  account: string;
}

/** Who may use the service. Clips belong to an account; apps and users sign in to one. */
export interface Accounts {
  /** Creates an app with a new account of its own. `name` is for people, such as `ci`. */
  createApp(name?: string): Promise<CreatedApp>;
  /** Removes an app; its sessions end within 10 seconds. `false` when there is none. */
  removeApp(appId: string): Promise<boolean>;
  /**
   * Adds a user and returns the account that the user signs in to: `account`, such as `acc_team1`,
   * which need not exist yet, or else a new one.
   *
   * @throws Error when the username is taken or the account's name is invalid
   */
  addUser(username: string, password: string, account?: string): Promise<string>;
  /**
   * The app's account, or `null` when the id or the secret is wrong. Takes as long for an unknown
   * app, so that response times do not reveal which apps exist.
   */
  verifyApp(appId: string, appSecret: string): Promise<string | null>;
  /** The user's account, or `null`. Takes as long for an unknown user, as `verifyApp` does. */
  verifyUser(username: string, password: string): Promise<string | null>;
  hasApp(appId: string): Promise<boolean>;
  /** Whether there is any app, so that the first start can create one. */
  hasApps(): Promise<boolean>;
}

/** What an account can be called. */
export const accountPattern = /^[a-z]+_[a-z0-9_]{1,60}$/;
