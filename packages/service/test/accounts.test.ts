import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { hashPassword } from "../src/auth/password.js";
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

  it("keep only hashes, in files that only the owner can read", async () => {
    const folder = await makeFolder();
    const { appSecret } = await openAccounts(folder).createApp();
    await openAccounts(folder).addUser("ada", "pass word");
    const objects = path.join(folder, "objects");
    const entries = await readdir(objects, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files).toHaveLength(2);
    for (const { parentPath, name } of files) {
      const file = path.join(parentPath, name);
      const text = await readFile(file, "utf8");
      expect(text).toContain('"hash"');
      expect(text).not.toContain(appSecret);
      expect(text).not.toContain("pass word");
      if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });

  it("end when they are removed", async () => {
    const accounts = openAccounts(await makeFolder());
    const { appId, appSecret } = await accounts.createApp();
    expect(await accounts.hasApp(appId)).toBe(true);
    expect(await accounts.removeApp(appId)).toBe(true);
    expect(await accounts.hasApp(appId)).toBe(false);
    expect(await accounts.verifyApp(appId, appSecret)).toBeNull();
    expect(await accounts.removeApp(appId)).toBe(false);
  });

  it("are asked for by any text that a client sends", async () => {
    const accounts = openAccounts(await makeFolder());
    for (const appId of ["", "../service", "a/b", "x".repeat(1_000), "\0"]) {
      expect(await accounts.hasApp(appId)).toBe(false);
      expect(await accounts.verifyApp(appId, "secret")).toBeNull();
      expect(await accounts.removeApp(appId)).toBe(false);
    }
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
});

describe("an accounts.json of an earlier version", () => {
  const ada = { username: "ada", account: "acc_a", createdOn: "" };

  it("is taken over, also by several at once, and kept under another name", async () => {
    const folder = await makeFolder();
    const secret = await hashPassword("app secret");
    const password = await hashPassword("pass word");
    const app = { appId: "app_1", name: null, account: "acc_a", secret, createdOn: "" };
    const text = JSON.stringify({ apps: [app], users: [{ ...ada, password }] });
    await writeFile(path.join(folder, "accounts.json"), text);
    const found = await Promise.all(
      Array.from({ length: 4 }, () => openAccounts(folder).verifyApp("app_1", "app secret")),
    );
    expect(new Set(found)).toEqual(new Set(["acc_a"]));
    expect(await openAccounts(folder).verifyUser("ada", "pass word")).toBe("acc_a");
    expect(await readdir(folder)).not.toContain("accounts.json");
    expect(await readFile(path.join(folder, "accounts.json.taken-over"), "utf8")).toBe(text);
  });

  it("that is damaged is named", async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, "accounts.json"), "{");
    await expect(openAccounts(folder).hasApps()).rejects.toThrow("accounts.json is damaged");
    await expect(startTestService({ folder })).rejects.toThrow("accounts.json is damaged");
  });

  it.each([
    [JSON.stringify({ apps: [], users: [{ ...ada, password: "pass word" }] }), "users.0.password"],
    ["pass word", "it is not JSON"],
  ])("is told where it is damaged, and never what is written there: %s", async (text, place) => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, "accounts.json"), text);
    const error: unknown = await openAccounts(folder)
      .hasApps()
      .catch((reason: unknown) => reason);
    const told = inspect(error, { depth: null });
    expect(told).toContain(place);
    expect(told).not.toContain("pass word");
  });
});

describe("service.json", () => {
  it("that is damaged stops the start with a message", async () => {
    for (const text of ["{", "{}", '{"secret":"short"}']) {
      const folder = await makeFolder();
      await writeFile(path.join(folder, "service.json"), text);
      await expect(startTestService({ folder })).rejects.toThrow("service.json is damaged");
    }
  });
});

describe("a folder without service.json", () => {
  it("that has been used is not given a new one", async () => {
    const folder = await makeFolder();
    await mkdir(path.join(folder, "objects"));
    await expect(startTestService({ folder })).rejects.toThrow('there is "objects"');
    expect(await readdir(folder)).toEqual(["objects"]);
  });

  it("is refused when the start may not create a service", async () => {
    const folder = await makeFolder();
    await expect(startTestService({ folder, init: false })).rejects.toThrow("Is the disk of");
    expect(await readdir(folder)).toEqual([]);
    await (await startTestService({ folder })).close();
    await startTestService({ folder, init: false });
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
