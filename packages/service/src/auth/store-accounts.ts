import { createHash, randomBytes } from "node:crypto";
import * as v from "valibot";
import type { ObjectStore } from "../store/object-store.js";
import { type Accounts, accountPattern, type CreatedApp } from "./accounts.js";
import { hashPassword, isPassword, passwordHash } from "./password.js";

/** Milliseconds for which a removed app's sessions may still be accepted. */
const knownFor = 10_000;
// Most services have a few apps. This bounds the memory of one that has very many.
const knownLimit = 10_000;

export const appSchema = v.object({
  appId: v.string(),
  name: v.nullable(v.string()),
  account: v.string(),
  secret: passwordHash,
  createdOn: v.string(),
});
export type App = v.InferOutput<typeof appSchema>;

export const userSchema = v.object({
  username: v.string(),
  account: v.string(),
  password: passwordHash,
  createdOn: v.string(),
});
export type User = v.InferOutput<typeof userSchema>;

/** Accounts in an object store: an object for each app and each user. */
export class StoreAccounts implements Accounts {
  readonly #open: () => Promise<ObjectStore>;
  readonly #now: () => number;
  #store: Promise<ObjectStore> | null = null;
  /** Until when an app counts as known, so that not every request reads its object. */
  readonly #known = new Map<string, number>();

  /** `open` is called once, when the store is first needed, and again after it has failed. */
  constructor(open: () => Promise<ObjectStore>, now: () => number = () => Date.now()) {
    this.#open = open;
    this.#now = now;
  }

  async createApp(name?: string): Promise<CreatedApp> {
    const appId = `app_${randomBytes(9).toString("hex")}`;
    const appSecret = randomBytes(24).toString("base64url");
    const account = newAccount();
    const secret = await hashPassword(appSecret);
    const createdOn = new Date(this.#now()).toISOString();
    await this.addApp({ appId, name: name ?? null, account, secret, createdOn });
    return { appId, appSecret, account };
  }

  async removeApp(appId: string): Promise<boolean> {
    const store = await this.#openStore();
    if (!isAppId(appId) || !(await store.headObject(appKey(appId)))) return false;
    await store.deleteObjects([appKey(appId)]);
    this.#known.delete(appId);
    return true;
  }

  async addUser(username: string, password: string, account = newAccount()): Promise<string> {
    if (!accountPattern.test(account)) {
      throw new Error(`"${account}" is not a valid account name. Use one such as acc_team1.`);
    }
    const createdOn = new Date(this.#now()).toISOString();
    const hash = await hashPassword(password);
    if (await this.importUser({ username, account, password: hash, createdOn })) return account;
    throw new Error(`There is a user "${username}" already. Choose another name.`);
  }

  async verifyApp(appId: string, appSecret: string): Promise<string | null> {
    const app = isAppId(appId) ? await this.#read(appKey(appId), appSchema) : null;
    return (await isPassword(appSecret, app?.secret)) ? (app?.account ?? null) : null;
  }

  async verifyUser(username: string, password: string): Promise<string | null> {
    const user = await this.#read(userKey(username), userSchema);
    return (await isPassword(password, user?.password)) ? (user?.account ?? null) : null;
  }

  async hasApp(appId: string): Promise<boolean> {
    if ((this.#known.get(appId) ?? 0) > this.#now()) return true;
    const store = await this.#openStore();
    if (!isAppId(appId) || !(await store.headObject(appKey(appId)))) return false;
    if (this.#known.size >= knownLimit) this.#known.clear();
    this.#known.set(appId, this.#now() + knownFor);
    return true;
  }

  async hasApps(): Promise<boolean> {
    const store = await this.#openStore();
    return (await store.listObjects("apps/", { maxKeys: 1, keysOnly: true })).objects.length > 0;
  }

  /** Adds an app that exists already, with its hashed secret. `false` when there is one. */
  async addApp(app: App): Promise<boolean> {
    const store = await this.#openStore();
    return (await store.putObject(appKey(app.appId), toText(app), { ifNoneMatch: "*" })) !== null;
  }

  /** Adds a user that exists already, with the hashed password. `false` when the name is taken. */
  async importUser(user: User): Promise<boolean> {
    const store = await this.#openStore();
    const key = userKey(user.username);
    return (await store.putObject(key, toText(user), { ifNoneMatch: "*" })) !== null;
  }

  #openStore(): Promise<ObjectStore> {
    this.#store ??= this.#open().catch((error: unknown) => {
      this.#store = null;
      throw error;
    });
    return this.#store;
  }

  async #read<T>(key: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
    const object = await (await this.#openStore()).getObject(key);
    if (!object) return null;
    const text = await new Response(object.body).text();
    try {
      const parsed = v.safeParse(schema, JSON.parse(text));
      if (parsed.success) return parsed.output;
      // Only the place is reported: the value may be a password that somebody wrote there.
      throw new Error(`Invalid value at: ${v.getDotPath(parsed.issues[0]) ?? "the top"}`);
    } catch (cause) {
      throw new Error(`${key} is damaged. Restore it from a backup, or create it again.`, {
        cause,
      });
    }
  }
}

/** An app id comes from a client, and becomes a part of a key. */
function isAppId(text: string): boolean {
  return /^\w[\w-]{0,63}$/.test(text);
}

function appKey(appId: string): string {
  return `apps/${appId}.json`;
}

/** A name can have any characters, and a key cannot. */
function userKey(username: string): string {
  return `users/${createHash("sha256").update(username).digest("hex")}.json`;
}

function newAccount(): string {
  return `acc_${randomBytes(9).toString("hex")}`;
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
