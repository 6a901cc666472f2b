import { inspect } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { accountPattern } from "../src/auth/accounts.js";
import { hashPassword } from "../src/auth/password.js";
import { StoreAccounts } from "../src/auth/store-accounts.js";
import type { ObjectStore } from "../src/store/object-store.js";
import { interceptStore } from "./intercept-store.js";
import { countScrypt } from "./scrypt-count.js";
import { makeFolder, openGround, signIn, startTestService } from "./start-test-service.js";

async function openStore(): Promise<ObjectStore> {
  return (await openGround(await makeFolder(), true)).store;
}

/** The same store, which lists two objects at a time. */
function inSmallPages(store: ObjectStore): ObjectStore {
  return interceptStore(store, {
    listObjects: (prefix, options) => store.listObjects(prefix, { ...options, maxKeys: 2 }),
  });
}

const createdOn = "2026-01-02T03:04:05.678Z";

async function openAccounts() {
  const store = await openStore();
  const clock = { now: Date.parse(createdOn) };
  const open = (knownFor?: number) =>
    new StoreAccounts(async () => store, {
      now: () => clock.now,
      ...(knownFor !== undefined && { knownFor }),
    });
  return { store, clock, open, accounts: open() };
}

it("an app has one secret at a time, and keeps its account", async () => {
  const { accounts } = await openAccounts();
  const { appId, appSecret, account } = await accounts.createApp("ci", "acc_team");
  const before = await accounts.findGeneration("app", appId);
  const rotated = await accounts.rotateApp(appId);
  expect(rotated).toEqual({ appId, appSecret: expect.any(String), account: "acc_team" });
  expect(await accounts.verifyApp(appId, appSecret)).toBeNull();
  expect(await accounts.verifyApp(appId, rotated?.appSecret ?? "")).toBe(account);
  expect(await accounts.findGeneration("app", appId)).not.toBe(before);
  for (const other of ["app_other", "../service", ""]) {
    expect(await accounts.rotateApp(other)).toBeNull();
    expect(await accounts.findGeneration("app", other)).toBeNull();
  }
});

it("of two changes at once both are made, one after the other", async () => {
  const { accounts, open } = await openAccounts();
  const { appId } = await accounts.createApp();
  const made = await Promise.all([open().rotateApp(appId), open().rotateApp(appId)]);
  const right = await Promise.all(
    made.map((app) => accounts.verifyApp(appId, app?.appSecret ?? "")),
  );
  expect(right.filter((account) => account !== null)).toHaveLength(1);
});

it("a user has one password at a time, and is gone when removed", async () => {
  const { accounts } = await openAccounts();
  const account = await accounts.addUser("ada lovelace", "one");
  expect(account).toMatch(accountPattern);
  expect(await accounts.addUser("eve", "one", "acc_eve")).toBe("acc_eve");
  const before = await accounts.findGeneration("user", "ada lovelace");
  expect(before).toMatch(/^[\w-]{16}$/);
  expect(await accounts.changePassword("ada lovelace", "two")).toBe(account);
  expect(await accounts.findGeneration("user", "ada lovelace")).not.toBe(before);
  expect(await accounts.verifyUser("ada lovelace", "one")).toBeNull();
  expect(await accounts.verifyUser("ada lovelace", "two")).toBe(account);
  expect(await accounts.changePassword("bob", "two")).toBeNull();
  expect(await accounts.removeUser("ada lovelace")).toBe(true);
  expect(await accounts.removeUser("ada lovelace")).toBe(false);
  expect(await accounts.verifyUser("ada lovelace", "two")).toBeNull();
  expect(await accounts.findGeneration("user", "ada lovelace")).toBeNull();
  expect(await accounts.verifyUser("eve", "one")).toBe("acc_eve");
});

it("all apps and all users are listed, without secrets, however many pages there are", async () => {
  const { store, accounts } = await openAccounts();
  const secret = await hashPassword("x");
  const app = (appId: string, name: string | null) => ({
    ...{ appId, name, account: "acc_a", secret, createdOn },
  });
  for (let index = 0; index < 5; index += 1) {
    expect(await accounts.addApp(app(`app_${index}`, index === 0 ? null : "ci"))).toBe(true);
  }
  expect(await accounts.addApp(app("app_0", "again"))).toBe(false);
  await accounts.addUser("ada", "x", "acc_b");
  const paged = new StoreAccounts(async () => inSmallPages(store));
  const apps = await paged.list("app");
  expect(apps.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
    Array.from({ length: 5 }, (_, index) => ({
      ...{ name: `app_${index}`, label: index === 0 ? null : "ci" },
      ...{ account: "acc_a", createdOn },
    })),
  );
  expect(await paged.list("user")).toEqual([
    { name: "ada", label: null, account: "acc_b", createdOn },
  ]);
});

it("an app is listed with the name that it was given, and the time at which it was made", async () => {
  const { accounts } = await openAccounts();
  const { appId } = await accounts.createApp("ci", "acc_a");
  const nameless = await accounts.createApp();
  expect(nameless.account).toMatch(accountPattern);
  const { account } = nameless;
  const apps = await accounts.list("app");
  expect(apps).toHaveLength(2);
  expect(apps).toContainEqual({ name: appId, label: "ci", account: "acc_a", createdOn });
  expect(apps).toContainEqual({ name: nameless.appId, label: null, account, createdOn });
});

it("an account's name is checked before anything is stored", async () => {
  const { accounts } = await openAccounts();
  await expect(accounts.createApp("ci", "../other")).rejects.toThrow("not a valid account name");
  expect(await accounts.hasApps()).toBe(false);
  await accounts.addUser("ada", "x");
  expect(await accounts.hasApps()).toBe(false);
});

it("a secret that another process has changed is known for the time that is allowed, and no longer", async () => {
  const { accounts, clock, open } = await openAccounts();
  const { appId } = await accounts.createApp();
  const remembering = open(1000);
  const first = await remembering.findGeneration("app", appId);
  expect(await accounts.findGeneration("app", appId)).toBe(first);
  await accounts.removeApp(appId);
  expect(await accounts.hasApp(appId)).toBe(false);
  clock.now += 999;
  expect(await remembering.findGeneration("app", appId)).toBe(first);
  clock.now += 1;
  expect(await remembering.findGeneration("app", appId)).toBeNull();
});

it("the secrets of several apps and users are known at a time", async () => {
  const { accounts, open } = await openAccounts();
  const { appId } = await accounts.createApp();
  const { appId: other } = await accounts.createApp();
  await accounts.addUser("ada", "one");
  const remembering = open(1000);
  const find = () =>
    Promise.all([
      remembering.findGeneration("app", appId),
      remembering.findGeneration("app", other),
      remembering.findGeneration("user", "ada"),
    ]);
  const found = await find();
  expect(new Set(found).size).toBe(3);
  await accounts.removeApp(appId);
  await accounts.removeApp(other);
  await accounts.removeUser("ada");
  expect(await find()).toEqual(found);
});

it("what a process changes itself it knows at once", async () => {
  const { open } = await openAccounts();
  const accounts = open(86_400_000);
  const { appId } = await accounts.createApp();
  await accounts.addUser("ada", "one");
  const before = await accounts.findGeneration("app", appId);
  const user = await accounts.findGeneration("user", "ada");
  await accounts.rotateApp(appId);
  await accounts.changePassword("ada", "two");
  expect(await accounts.findGeneration("app", appId)).not.toBe(before);
  expect(await accounts.findGeneration("user", "ada")).not.toBe(user);
  await accounts.removeApp(appId);
  await accounts.removeUser("ada");
  expect(await accounts.hasApp(appId)).toBe(false);
  expect(await accounts.findGeneration("user", "ada")).toBeNull();
});

it.each([
  ["pass word", "it is not JSON"],
  ["", "it is empty"],
  ['{"secret":"pass word"}', "invalid value at appId"],
  ['"pass word"', "invalid value at the top"],
])("%j instead of an app is damage, told without it", async (text, problem) => {
  const { store, accounts } = await openAccounts();
  await store.putObject("apps/app_x.json", text);
  const error: unknown = await accounts.verifyApp("app_x", "y").catch((reason: unknown) => reason);
  const told = inspect(error, { depth: null });
  expect(told).toContain(`apps/app_x.json is damaged: ${problem}. Restore it from a backup`);
  expect(told).not.toContain("pass word");
});

it("who is unknown costs one hash, as who is known does, so that no time reveals a name", async () => {
  const { accounts } = await openAccounts();
  const { appId } = await accounts.createApp();
  await accounts.addUser("ada", "one");
  const count = countScrypt();
  for (const name of [appId, "app_other", "../service", ""]) {
    const before = count.begun;
    expect(await accounts.verifyApp(name, "wrong")).toBeNull();
    expect(count.begun - before).toBe(1);
  }
  for (const name of ["ada", "bob", ""]) {
    const before = count.begun;
    expect(await accounts.verifyUser(name, "wrong")).toBeNull();
    expect(count.begun - before).toBe(1);
  }
});

it("a hash that is cut matches no password", async () => {
  const { accounts } = await openAccounts();
  const { salt, hash } = await hashPassword("one");
  const ada = { username: "ada", account: "acc_a", createdOn };
  await accounts.importUser({ ...ada, password: { salt, hash: hash.slice(0, 32) } });
  expect(await accounts.verifyUser("ada", "one")).toBeNull();
});

it("a store that cannot be opened is tried again", async () => {
  const store = await openStore();
  let opened = 0;
  const accounts = new StoreAccounts(async () => {
    opened += 1;
    if (opened === 1) throw new Error("The disk is away.");
    return store;
  });
  await expect(accounts.hasApps()).rejects.toThrow("The disk is away.");
  expect(await accounts.hasApps()).toBe(false);
  await accounts.hasApps();
  expect(opened).toBe(2);
});

it("a session of a user ends with the password, with the user and with the app", async () => {
  const service = await startTestService();
  const { appId, account } = await signIn(service);
  const { accounts } = service;
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  // On a bucket a change is known after a second.
  const letPass = () => void vi.setSystemTime(Date.now() + 1001);
  const connect = async (password: string) => {
    const response = await fetch(`${service.rootUrl}login/`, {
      method: "POST",
      headers: { "X-PV-Meta-App": appId },
      body: new URLSearchParams({ username: "ada", password }),
    });
    const { data } = (await response.json()) as { data?: Record<string, string>[] };
    const headers = {
      ...{ "X-PV-Meta-App": appId, "X-Access-Key": data?.[0]?.access_key ?? "" },
      "X-Access-Token": data?.[0]?.access_token ?? "",
    };
    const list = async () => (await fetch(`${service.rootUrl}me/videoclips`, { headers })).status;
    return { id: data?.[0]?.id, list };
  };
  await accounts.addUser("ada", "one", account);
  const first = await connect("one");
  expect([first.id, await first.list()]).toEqual([account, 200]);
  await accounts.changePassword("ada", "two");
  letPass();
  const second = await connect("two");
  expect([await first.list(), await second.list()]).toEqual([401, 200]);
  expect((await connect("one")).id).toBe(undefined);
  await accounts.removeUser("ada");
  letPass();
  expect(await second.list()).toBe(401);
  await accounts.addUser("ada", "three", account);
  letPass();
  const third = await connect("three");
  expect(await third.list()).toBe(200);
  await accounts.removeApp(appId);
  letPass();
  expect(await third.list()).toBe(401);
  expect((await connect("three")).id).toBe(undefined);
});
