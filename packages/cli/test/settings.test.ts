import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { resolveService, type ServiceFlags } from "../src/settings/settings.js";
import { makeFolder, runCli } from "./run-cli.js";
import { startServer, startTestService } from "./start-service.js";

const full = { apiUrl: "https://user.example/v2.7/", appId: "user-app", appSecret: "user-secret" };
const address = "https://project.example/v2.7/";

interface Given {
  flags?: ServiceFlags;
  env?: NodeJS.ProcessEnv;
  project?: object | string;
  user?: object;
}

/** Resolves in a folder two levels below the project's file. */
async function resolve({ flags = {}, env = {}, project, user }: Given) {
  const root = await makeFolder();
  const workingFolder = path.join(root, "project", "src", "deep");
  const userFile = path.join(root, "user.json");
  const projectFile = path.join(root, "project", "clipcourier.config.json");
  await mkdir(workingFolder, { recursive: true });
  if (project !== undefined) {
    await writeFile(projectFile, typeof project === "string" ? project : JSON.stringify(project));
  }
  if (user !== undefined) await writeFile(userFile, JSON.stringify(user));
  if (flags.config === "project") flags.config = projectFile;
  return resolveService(flags, { env, workingFolder, userFile });
}

describe("precedence", () => {
  test("nothing configured", async () => {
    expect(await resolve({})).toBeUndefined();
  });

  test("each setting comes from the strongest place that has it", async () => {
    const settings = await resolve({
      flags: { apiUrl: "https://flag.example/" },
      env: {
        CLIPCOURIER_API_URL: "https://env.example/",
        CLIPCOURIER_APP_ID: "env-app",
      },
      project: { appId: "project-app", accessKey: "key", accessToken: "token" },
      user: { ...full, accessKey: "user-key" },
    });
    expect(settings).toEqual({
      rootUrl: "https://flag.example/",
      appId: "env-app",
      appSecret: "user-secret",
      accessKey: "key",
      accessToken: "token",
    });
  });

  test("the project's file outranks the user's, and --config takes the place of both", async () => {
    const keys = { appId: "project-app", appSecret: "project-secret" };
    const project = { apiUrl: address, ...keys };
    expect(await resolve({ project, user: full })).toMatchObject({ rootUrl: address, ...keys });
    const flags = { config: "project" };
    const fromConfig = resolve({ flags, project: keys, user: full });
    await expect(fromConfig).rejects.toThrow("apiUrl is missing");
  });

  test("an empty variable counts as not set", async () => {
    expect(await resolve({ env: { CLIPCOURIER_API_URL: "" } })).toBeUndefined();
    const env = { CLIPCOURIER_API_URL: "", CLIPCOURIER_APP_ID: "app" };
    await expect(resolve({ env })).rejects.toThrow("apiUrl is missing: set CLIPCOURIER_API_URL");
  });

  test("a runner that gives ID tokens configures no service", async () => {
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner.example",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
    };
    expect(await resolve({ env })).toBeUndefined();
  });

  test("--id-token-file is not given with a secret", async () => {
    const idTokenFile = path.join(await makeFolder(), "token");
    await writeFile(idTokenFile, "a.b.c");
    const found = resolve({ flags: { idTokenFile }, user: full });
    await expect(found).rejects.toThrow(/^--id-token-file and appSecret in .* are both given/);
  });

  test("a file with an ID token is read anew each time", async () => {
    const idTokenFile = path.join(await makeFolder(), "token");
    await writeFile(idTokenFile, "a.b.c\n");
    const settings = await resolve({ flags: { idTokenFile, apiUrl: address } });
    expect(await settings?.getIdToken?.("audience")).toBe("a.b.c");
    await writeFile(idTokenFile, "d.e.f");
    expect(await settings?.getIdToken?.("audience")).toBe("d.e.f");
    // As a pipe is once it was read.
    await writeFile(idTokenFile, "");
    expect(await settings?.getIdToken?.("audience")).toBe("d.e.f");
  });

  test("a byte order mark is no part of a file", async () => {
    const settings = await resolve({ project: `\u{feff}${JSON.stringify(full)}` });
    expect(settings).toMatchObject({ appId: "user-app" });
  });
});

describe("a project's file cannot choose where somebody's keys go", () => {
  const cases: [string, Given][] = [
    [
      "CLIPCOURIER_APP_SECRET",
      { env: { CLIPCOURIER_APP_ID: "app", CLIPCOURIER_APP_SECRET: "hush-hush" } },
    ],
    [
      "CLIPCOURIER_ACCESS_KEY",
      { env: { CLIPCOURIER_ACCESS_KEY: "hush-hush", CLIPCOURIER_ACCESS_TOKEN: "hush-hush" } },
    ],
    ["--app-secret", { flags: { appSecret: "hush-hush" } }],
    ["appSecret in", { user: { ...full, appSecret: "hush-hush" } }],
  ];
  test.each(cases)("%s", async (origin, given) => {
    const found = resolve({ ...given, project: { apiUrl: address, appId: "app" } });
    await expect(found).rejects.toThrow(origin);
    await expect(found).rejects.toThrow(address);
    await expect(found).rejects.not.toThrow("hush-hush");
  });

  test("with keys of its own beside a stronger secret", async () => {
    const project = { apiUrl: address, appId: "app", accessKey: "key", accessToken: "token" };
    const found = resolve({ project, env: { CLIPCOURIER_APP_SECRET: "hush-hush" } });
    await expect(found).rejects.toThrow("must not choose");
  });

  test("but the person can name the address, or the file", async () => {
    const project = { apiUrl: address, appId: "app" };
    const env = { CLIPCOURIER_APP_SECRET: "hush-hush" };
    const settings = { rootUrl: address, appId: "app", appSecret: "hush-hush" };
    expect(await resolve({ project, env, flags: { config: "project" } })).toEqual(settings);
    expect(await resolve({ project, env, flags: { apiUrl: address } })).toEqual(settings);
  });

  test("nor an ID token that is made for another address", async () => {
    const found = resolve({
      project: { apiUrl: address },
      env: { CLIPCOURIER_ID_TOKEN: "hush-hush.a.b" },
    });
    await expect(found).rejects.toThrow("but the key from CLIPCOURIER_ID_TOKEN");
    await expect(found).rejects.not.toThrow("hush-hush");
  });

  test("but the token that a runner makes for that address", async () => {
    const settings = await resolve({
      project: { apiUrl: address },
      env: {
        ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner.example",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "hush-hush",
      },
    });
    expect(settings).toMatchObject({ rootUrl: address, appId: "github" });
    expect(settings?.getIdToken).toBeTypeOf("function");
  });

  test("no request is made", async () => {
    const { rootUrl, requests } = await startServer((_, outgoing) => void outgoing.end());
    const cwd = await makeFolder();
    await writeFile(path.join(cwd, "a.mp4"), "content");
    const project = JSON.stringify({ apiUrl: rootUrl, appId: "app" });
    await writeFile(path.join(cwd, "clipcourier.config.json"), project);
    const env = { CLIPCOURIER_APP_SECRET: "hush-hush" };
    const { code, stdout, stderr } = await runCli(["upload", "--json", "a.mp4"], { cwd, env });
    expect(code).toBe(2);
    expect(stderr).toContain("must not choose where your keys are sent");
    expect(JSON.parse(stdout).error.code).toBe("wrong_use");
    expect(stdout + stderr).not.toContain("hush-hush");
    expect(requests).toEqual([]);
  });

  test("an address that it chose with its own keys is said", async () => {
    const { rootUrl, appId, appSecret } = await startTestService();
    const cwd = await makeFolder();
    await writeFile(path.join(cwd, "a.mp4"), "content");
    const project = JSON.stringify({ apiUrl: rootUrl, appId, appSecret });
    await writeFile(path.join(cwd, "clipcourier.config.json"), project);
    const { code, stderr } = await runCli(["upload", "a.mp4"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Using http\S+, as .*clipcourier\.config\.json says\.$/m);
  });
});

describe("what is wrong is named, with the place that it came from", () => {
  const ids = { CLIPCOURIER_APP_ID: "app", CLIPCOURIER_APP_SECRET: "hush-hush" };
  const cases: [string, Given, string][] = [
    ["no URL", { env: { ...ids, CLIPCOURIER_API_URL: "clips" } }, 'CLIPCOURIER_API_URL is "clips"'],
    ["another scheme", { flags: { apiUrl: "ftp://x/" }, env: ids }, '--api-url is "ftp://x/"'],
    [
      "keys in the URL",
      { flags: { apiUrl: "https://a:b@x/" }, env: ids },
      "--api-url must hold no",
    ],
    ["a line break", { env: { CLIPCOURIER_APP_ID: "app\n" } }, "CLIPCOURIER_APP_ID must be"],
    [
      "half a pair",
      { flags: { apiUrl: "http://x/", appId: "a", accessKey: "k" } },
      "accessToken is",
    ],
    ["no key", { flags: { apiUrl: "http://x/", appId: "a" } }, "appSecret is missing"],
    ["no app id", { flags: { apiUrl: "http://x/", appSecret: "hush-hush" } }, "appId is missing"],
    [
      "no keys",
      { flags: { apiUrl: "http://x/" } },
      "--api-url is given, but nothing to sign in with",
    ],
    [
      "an empty secret",
      {
        env: {
          CLIPCOURIER_API_URL: "http://x/",
          CLIPCOURIER_APP_ID: "a",
          CLIPCOURIER_APP_SECRET: "",
          CLIPCOURIER_ID_TOKEN: "hush-hush.a.b",
        },
      },
      "CLIPCOURIER_APP_ID is given, but appSecret is missing: CLIPCOURIER_APP_SECRET is empty",
    ],
    [
      "an ID token alone",
      { env: { CLIPCOURIER_ID_TOKEN: "hush-hush.a.b" } },
      "apiUrl is missing: set CLIPCOURIER_API_URL, give --api-url, or put it in a config file. (Given: CLIPCOURIER_ID_TOKEN;",
    ],
    [
      "something else than an ID token",
      { env: { CLIPCOURIER_API_URL: "http://x/", CLIPCOURIER_ID_TOKEN: "hush-hush" } },
      "CLIPCOURIER_ID_TOKEN holds no ID token, which has three parts",
    ],
    [
      "an ID token in a config file",
      { project: { idToken: "hush-hush" } },
      'unknown key "idToken"',
    ],
    [
      "an unknown key",
      { project: { apiURL: "x" } },
      'clipcourier.config.json has an unknown key "apiURL"',
    ],
    ["a wrong type", { project: { appId: 5 } }, "clipcourier.config.json: appId must be a text"],
    ["no JSON", { project: "{appSecret: hush-hush" }, "clipcourier.config.json is not valid JSON"],
    ["no object", { project: "[]" }, "clipcourier.config.json must hold a JSON object"],
    ["no such file", { flags: { config: "absent.json" } }, "there is no file absent.json"],
  ];
  test.each(cases)("%s", async (_, given, message) => {
    const found = resolve(given);
    await expect(found).rejects.toThrow(message);
    await expect(found).rejects.not.toThrow("hush-hush");
  });
});
