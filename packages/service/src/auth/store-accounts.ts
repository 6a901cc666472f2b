import { createHash, randomBytes } from "node:crypto";
import * as v from "valibot";
import type { ObjectStore } from "../store/object-store.js";
import { parseStoredJson } from "../stored-json.js";
import {
  type Accounts,
  accountPattern,
  type CreatedApp,
  type Login,
  type LoginKind,
} from "./accounts.js";
import { hashPassword, isPassword, passwordHash } from "./password.js";

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

export interface StoreAccountsOptions {
  /**
   * Milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
  /**
   * Milliseconds for which a removed app's sessions may still be accepted, so that not every request
   * reads its object.
   *
   * @default 0
   */
  knownFor?: number;
}

/** Accounts in an object store: an object for each app and each user. */
export class StoreAccounts implements Accounts {
  readonly #open: () => Promise<ObjectStore>;
  readonly #now: () => number;
  readonly #knownFor: number;
  #store: Promise<ObjectStore> | null = null;
  /** The generations that were read a moment ago, by key. */
  readonly #known = new Map<string, { generation: string; until: number }>();

  /** `open` is called once, when the store is first needed, and again after it has failed. */
  constructor(open: () => Promise<ObjectStore>, options: StoreAccountsOptions = {}) {
    this.#open = open;
    this.#now = options.now ?? (() => Date.now());
    this.#knownFor = options.knownFor ?? 0;
  }

  async createApp(name?: string, account = newAccount()): Promise<CreatedApp> {
    requireAccountName(account);
    const appId = `app_${randomBytes(9).toString("hex")}`;
    const appSecret = newSecret();
    const secret = await hashPassword(appSecret);
    const createdOn = new Date(this.#now()).toISOString();
    await this.addApp({ appId, name: name ?? null, account, secret, createdOn });
    return { appId, appSecret, account };
  }

  async rotateApp(appId: string): Promise<CreatedApp | null> {
    if (!isAppId(appId)) return null;
    const appSecret = newSecret();
    const secret = await hashPassword(appSecret);
    const app = await this.#change(appKey(appId), appSchema, (known) => ({ ...known, secret }));
    return app && { appId, appSecret, account: app.account };
  }

  async removeApp(appId: string): Promise<boolean> {
    return isAppId(appId) && this.#remove(appKey(appId));
  }

  async addUser(username: string, password: string, account = newAccount()): Promise<string> {
    requireAccountName(account);
    const createdOn = new Date(this.#now()).toISOString();
    const hash = await hashPassword(password);
    if (await this.importUser({ username, account, password: hash, createdOn })) return account;
    throw new Error(`There is a user "${username}" already. Choose another name.`);
  }

  async changePassword(username: string, text: string): Promise<string | null> {
    const password = await hashPassword(text);
    const change = (known: User) => ({ ...known, password });
    return (await this.#change(userKey(username), userSchema, change))?.account ?? null;
  }

  async removeUser(username: string): Promise<boolean> {
    return this.#remove(userKey(username));
  }

  async list(kind: LoginKind): Promise<Login[]> {
    const logins: Login[] = [];
    for await (const key of this.#keys(kind === "app" ? "apps/" : "users/")) {
      const login = kind === "app" ? await this.#readApp(key) : await this.#readUser(key);
      if (login) logins.push(login);
    }
    return logins;
  }

  async verifyApp(appId: string, appSecret: string): Promise<string | null> {
    const app = isAppId(appId) ? await this.#read(appKey(appId), appSchema) : null;
    return (await isPassword(appSecret, app?.value.secret)) ? (app?.value.account ?? null) : null;
  }

  async verifyUser(username: string, password: string): Promise<string | null> {
    const user = await this.#read(userKey(username), userSchema);
    const isRight = await isPassword(password, user?.value.password);
    return isRight ? (user?.value.account ?? null) : null;
  }

  async findGeneration(kind: LoginKind, name: string): Promise<string | null> {
    if (kind === "app" && !isAppId(name)) return null;
    const key = kind === "app" ? appKey(name) : userKey(name);
    const known = this.#known.get(key);
    if (known && known.until > this.#now()) return known.generation;
    const hash =
      kind === "app"
        ? (await this.#read(key, appSchema))?.value.secret
        : (await this.#read(key, userSchema))?.value.password;
    if (!hash) return null;
    const generation = createHash("sha256").update(hash.salt).digest("base64url").slice(0, 16);
    if (this.#known.size >= knownLimit) this.#known.clear();
    if (this.#knownFor > 0) {
      this.#known.set(key, { generation, until: this.#now() + this.#knownFor });
    }
    return generation;
  }

  async hasApp(appId: string): Promise<boolean> {
    return (await this.findGeneration("app", appId)) !== null;
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

  async #readApp(key: string): Promise<Login | null> {
    const app = await this.#read(key, appSchema);
    if (!app) return null;
    const { appId, name, account, createdOn } = app.value;
    return { name: appId, label: name, account, createdOn };
  }

  async #readUser(key: string): Promise<Login | null> {
    const user = await this.#read(key, userSchema);
    if (!user) return null;
    const { username, account, createdOn } = user.value;
    return { name: username, label: null, account, createdOn };
  }

  async *#keys(prefix: string): AsyncGenerator<string> {
    const store = await this.#openStore();
    let startAfter: string | undefined;
    do {
      const options = { keysOnly: true, ...(startAfter !== undefined && { startAfter }) };
      const { objects, next } = await store.listObjects(prefix, options);
      for (const { key } of objects) yield key;
      startAfter = next ?? undefined;
    } while (startAfter !== undefined);
  }

  /** Changes an object by compare-and-swap. `null` when there is none. */
  async #change<T>(
    key: string,
    schema: v.GenericSchema<unknown, T>,
    change: (known: T) => T,
  ): Promise<T | null> {
    const store = await this.#openStore();
    for (;;) {
      const known = await this.#read(key, schema);
      if (!known) return null;
      const next = change(known.value);
      if (await store.putObject(key, toText(next), { ifMatch: known.etag })) {
        this.#known.delete(key);
        return next;
      }
    }
  }

  async #remove(key: string): Promise<boolean> {
    const store = await this.#openStore();
    if (!(await store.headObject(key))) return false;
    await store.deleteObjects([key]);
    this.#known.delete(key);
    return true;
  }

  #openStore(): Promise<ObjectStore> {
    this.#store ??= this.#open().catch((error: unknown) => {
      this.#store = null;
      throw error;
    });
    return this.#store;
  }

  async #read<T>(
    key: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<{ value: T; etag: string } | null> {
    const object = await (await this.#openStore()).getObject(key);
    if (!object) return null;
    const text = await new Response(object.body).text();
    const parsed = parseStoredJson(text, schema);
    if ("value" in parsed) return { value: parsed.value, etag: object.etag };
    throw new Error(
      `${key} is damaged: ${parsed.problem}. Restore it from a backup, or create it again.`,
    );
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

function requireAccountName(account: string): void {
  if (accountPattern.test(account)) return;
  throw new Error(`"${account}" is not a valid account name. Use one such as acc_team1.`);
}

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

function newAccount(): string {
  return `acc_${randomBytes(9).toString("hex")}`;
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
