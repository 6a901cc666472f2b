import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { isErrno, replaceFile, withFileLock } from "../store/atomic-file.js";
import { hashPassword, isPassword, passwordHash } from "./password.js";

const accountsFile = v.object({
  apps: v.array(
    v.object({
      appId: v.string(),
      name: v.nullable(v.string()),
      account: v.string(),
      secret: passwordHash,
      createdOn: v.string(),
    }),
  ),
  users: v.array(
    v.object({
      username: v.string(),
      account: v.string(),
      password: passwordHash,
      createdOn: v.string(),
    }),
  ),
});
type AccountsFile = v.InferOutput<typeof accountsFile>;

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

/**
 * The accounts in `<folder>/accounts.json`. Each call reads the file again, because another process
 * may have changed it, and rejects when the file is damaged.
 *
 * @example
 * ```ts
 * const { appId, appSecret } = await openAccounts("clips").createApp("ci");
 * ```
 */
export function openAccounts(folder: string): Accounts {
  return new DiskAccounts(path.join(folder, "accounts.json"));
}

class DiskAccounts implements Accounts {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async createApp(name?: string): Promise<CreatedApp> {
    const app = {
      appId: `app_${randomBytes(9).toString("hex")}`,
      appSecret: randomBytes(24).toString("base64url"),
      account: newAccount(),
    };
    const { appId, account } = app;
    const secret = await hashPassword(app.appSecret);
    const createdOn = new Date().toISOString();
    await this.#change(({ apps }) =>
      apps.push({ appId, name: name ?? null, account, secret, createdOn }),
    );
    return app;
  }

  async addUser(username: string, password: string, account = newAccount()): Promise<string> {
    if (!accountPattern.test(account)) {
      throw new Error(`"${account}" is not a valid account name. Use one such as acc_team1.`);
    }
    const entry = { username, account, password: await hashPassword(password) };
    await this.#change(({ users }) => {
      if (users.some((user) => user.username === username)) {
        throw new Error(`There is a user "${username}" already. Choose another name.`);
      }
      users.push({ ...entry, createdOn: new Date().toISOString() });
    });
    return account;
  }

  async verifyApp(appId: string, appSecret: string): Promise<string | null> {
    const { apps } = await readAccounts(this.#file);
    const app = apps.find((candidate) => candidate.appId === appId);
    return (await isPassword(appSecret, app?.secret)) ? (app?.account ?? null) : null;
  }

  async verifyUser(username: string, password: string): Promise<string | null> {
    const { users } = await readAccounts(this.#file);
    const user = users.find((candidate) => candidate.username === username);
    return (await isPassword(password, user?.password)) ? (user?.account ?? null) : null;
  }

  async hasApp(appId: string): Promise<boolean> {
    return (await readAccounts(this.#file)).apps.some((app) => app.appId === appId);
  }

  async hasApps(): Promise<boolean> {
    return (await readAccounts(this.#file)).apps.length > 0;
  }

  async #change(edit: (accounts: AccountsFile) => void): Promise<void> {
    await withFileLock(this.#file, async () => {
      const accounts = await readAccounts(this.#file);
      edit(accounts);
      await replaceFile(this.#file, `${JSON.stringify(accounts, null, 2)}\n`);
    });
  }
}

/** The underscore keeps accounts apart from the store's other prefixes, `ids/` and `pending/`. */
export const accountPattern = /^[a-z]+_[a-z0-9_]{1,60}$/;

function newAccount(): string {
  return `acc_${randomBytes(9).toString("hex")}`;
}

async function readAccounts(file: string): Promise<AccountsFile> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return '{"apps":[],"users":[]}';
    throw error;
  });
  try {
    const parsed = v.safeParse(accountsFile, JSON.parse(text));
    if (parsed.success) return parsed.output;
    // Only the place is reported: the value may be a password that somebody wrote there.
    throw new Error(`Invalid value at: ${v.getDotPath(parsed.issues[0]) ?? "the top"}`);
  } catch (cause) {
    throw new Error(`${file} is damaged. Restore it from a backup.`, { cause });
  }
}
