import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { readOrCreateSecret } from "../src/auth/service-secret.js";
import { openAccounts } from "../src/index.js";
import { makeFolder, startTestService } from "./start-test-service.js";

describe("accounts", () => {
  it("verify apps and users, and nobody else", async () => {
    const folder = await makeFolder();
    const accounts = openAccounts(folder);
    expect(await accounts.hasApps()).toBe(false);
    const app = await accounts.createApp("ci");
    await accounts.addUser("ada", "pass word", app.account);
    const reopened = openAccounts(folder);
    expect(await reopened.hasApps()).toBe(true);
    expect(await reopened.hasApp(app.appId)).toBe(true);
    expect(await reopened.hasApp("app_other")).toBe(false);
    expect(await reopened.verifyApp(app.appId, app.appSecret)).toBe(app.account);
    expect(await reopened.verifyApp(app.appId, `${app.appSecret}x`)).toBeNull();
    expect(await reopened.verifyApp("app_other", app.appSecret)).toBeNull();
    expect(await reopened.verifyUser("ada", "pass word")).toBe(app.account);
    expect(await reopened.verifyUser("ada", "")).toBeNull();
    expect(await reopened.verifyUser("bob", "pass word")).toBeNull();
  });

  it("keep only hashes, in a file that only the owner can read", async () => {
    const folder = await makeFolder();
    const { appSecret } = await openAccounts(folder).createApp();
    await openAccounts(folder).addUser("ada", "pass word");
    const file = path.join(folder, "accounts.json");
    const text = await readFile(file, "utf8");
    expect(text).not.toContain(appSecret);
    expect(text).not.toContain("pass word");
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("are all kept when many are made at once", async () => {
    const folder = await makeFolder();
    const apps = await Promise.all(
      Array.from({ length: 8 }, () => openAccounts(folder).createApp()),
    );
    for (const app of apps) expect(await openAccounts(folder).hasApp(app.appId)).toBe(true);
  });

  it("refuse a user's name that is taken and an invalid account", async () => {
    const accounts = openAccounts(await makeFolder());
    await accounts.addUser("ada", "one");
    await expect(accounts.addUser("ada", "two")).rejects.toThrow('a user "ada" already');
    for (const account of ["../other", "ids", "pending", ""]) {
      await expect(accounts.addUser("eve", "two", account)).rejects.toThrow(
        "is not a valid account",
      );
    }
    expect(await accounts.verifyUser("ada", "two")).toBeNull();
  });

  it("take over the lock of a process that was killed", async () => {
    const folder = await makeFolder();
    const lock = path.join(folder, "accounts.json.lock");
    await writeFile(lock, "");
    const past = new Date(Date.now() - 60_000);
    await utimes(lock, past, past);
    expect((await openAccounts(folder).createApp()).appId).toMatch(/^app_/);
  });

  it("say that their file is damaged", async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, "accounts.json"), "{");
    await expect(openAccounts(folder).hasApps()).rejects.toThrow("accounts.json is damaged");
  });

  it("say where it is damaged, and never what is written there", async () => {
    const folder = await makeFolder();
    const ada = { username: "ada", account: "acc_a", password: "pass word", createdOn: "" };
    const text = JSON.stringify({ apps: [], users: [ada] });
    await writeFile(path.join(folder, "accounts.json"), text);
    const error: unknown = await openAccounts(folder)
      .hasApps()
      .catch((reason: unknown) => reason);
    const told = inspect(error, { depth: null });
    expect(told).toContain("users.0.password");
    expect(told).not.toContain("pass word");
  });
});

describe("service.json", () => {
  it("has one secret for all services that start at once, and only the owner can read it", async () => {
    const folder = await makeFolder();
    const secrets = await Promise.all(
      Array.from({ length: 10 }, () => readOrCreateSecret(path.join(folder, "new"))),
    );
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    const { mode } = await stat(path.join(folder, "new", "service.json"));
    if (process.platform !== "win32") expect(mode & 0o777).toBe(0o600);
  });

  it("that is damaged stops the start with a message", async () => {
    for (const text of ["{", "{}", '{"secret":"short"}']) {
      const folder = await makeFolder();
      await writeFile(path.join(folder, "service.json"), text);
      await expect(startTestService({ folder })).rejects.toThrow("service.json is damaged");
    }
  });
});

describe("starting", () => {
  it("on a port that is taken fails", async () => {
    const { baseUrl } = await startTestService();
    await expect(startTestService({ port: Number(new URL(baseUrl).port) })).rejects.toThrow(
      "EADDRINUSE",
    );
  });
});
