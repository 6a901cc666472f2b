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

/** An app that was just made. `appSecret` is in no other answer: only a hash of it is kept. */
export interface CreatedApp {
  appId: string;
  appSecret: string;
  account: string;
}

/** Who may use the service. An account owns clips; apps and users sign in to one. */
export interface Accounts {
  /** Makes an app with an account of its own. */
  createApp(name?: string): Promise<CreatedApp>;
  /** Adds a user, to a new account when none is given; answers the account. */
  addUser(username: string, password: string, account?: string): Promise<string>;
  /** The app's account, or `null`. Takes the same time for an unknown app. */
  verifyApp(appId: string, appSecret: string): Promise<string | null>;
  /** The user's account, or `null`. Takes the same time for an unknown user. */
  verifyUser(username: string, password: string): Promise<string | null>;
  hasApp(appId: string): Promise<boolean>;
  /** Whether there is any app, so that a first start can make one. */
  hasApps(): Promise<boolean>;
}

/** The accounts in `<folder>/accounts.json`, read anew at each call: another process may add some. */
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
      throw new Error(`"${account}" is no account, such as acc_team1`);
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

/** With a "_", so that no account is called like another prefix of the store. */
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
    // Where, and not what: a person may have written a password there.
    throw new Error(`Wrong at: ${v.getDotPath(parsed.issues[0]) ?? "the top"}`);
  } catch (cause) {
    throw new Error(`${file} is damaged. Restore it from a backup.`, { cause });
  }
}
