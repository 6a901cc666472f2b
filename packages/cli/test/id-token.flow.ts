import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { startService } from "@clipcourier/service";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CiSystemName } from "../../service/test/ci-claims.js";
import { findFreePort } from "../../service/test/free-port.js";
import { IdTokenIssuer } from "../../service/test/id-token-issuer.js";
import { account, rulesFor } from "../../service/test/keyless-service.js";
import { groundOf } from "../../service/test/test-ground.ts";
import { createJsonLog } from "../src/serve/service-log.js";
import { makeFolder, runCli } from "./run-cli.js";

/** A service that takes the tokens of an issuer, and a folder with a video to upload to it. */
async function start(system: CiSystemName) {
  const issuer = await IdTokenIssuer.start(system);
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const service = await startService({
    ...groundOf(await makeFolder()),
    ...{ port, publicUrl: origin, media: null, logger: createJsonLog("silent") },
    signInRules: { issuers: [rulesFor(system, issuer)] },
  });
  onTestFinished(() => service.close());
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "content");
  const address = { CLIPCOURIER_API_URL: service.rootUrl };
  const command = (env: Record<string, string>, args: string[], redirect = "") =>
    runCli(args, { cwd, env: { ...address, ...env }, redirect });
  const run = (env: Record<string, string>, ...args: string[]) =>
    command(env, args.length > 0 ? args : ["upload", "--json", "intro.mp4"]);
  return { issuer, origin, service, cwd, command, run };
}

function expectUpload({ code, stdout }: { code: number | null; stdout: string }): void {
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ clips: [{ outcome: "uploaded" }], failed: 0 });
}

/** The variables of a runner that gives its job tokens of the issuer. */
function runnerOf(issuer: IdTokenIssuer, requestToken: string = issuer.requestToken) {
  return {
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
  };
}

describe("an upload signs in", () => {
  test("with the token that GitLab puts into a variable, and prints nothing of it", async () => {
    const { issuer, origin, run } = await start("gitlab");
    const token = await issuer.sign(origin);
    const result = await run({ GITLAB_CI: "true", CLIPCOURIER_ID_TOKEN: token });
    expectUpload(result);
    for (const piece of token.split("."))
      expect(result.stdout + result.stderr).not.toContain(piece);
  });

  test.each<CiSystemName>(["github", "forgejo"])(
    "with a token of the runner of %s, which nothing prints",
    async (system) => {
      const { issuer, run } = await start(system);
      const result = await run(runnerOf(issuer));
      expectUpload(result);
      expect(issuer.issued).toHaveLength(1);
      const [token = ""] = issuer.issued;
      for (const piece of token.split("."))
        expect(result.stdout + result.stderr).not.toContain(piece);
      // Each sign-in asks for one of its own, for the service's address.
      const list = await run(runnerOf(issuer), "clips", "list", "--json");
      expect(JSON.parse(list.stdout).clips).toHaveLength(1);
      expect(issuer.issued).toHaveLength(2);
    },
  );

  test("with a token that a runner's job was given, which is masked but not in a file", async () => {
    const { issuer, origin, cwd, run, command } = await start("github");
    const token = await issuer.sign(origin);
    await writeFile(path.join(cwd, "token"), token);
    const given = { GITHUB_ACTIONS: "true", CLIPCOURIER_ID_TOKEN: token };
    const file = ["upload", "--json", "intro.mp4", "--id-token-file", "token"];
    for (const result of [await run(given), await run({ GITHUB_ACTIONS: "true" }, ...file)]) {
      expect(result.code).toBe(0);
      expect(result.stdout).not.toContain(token);
      const masks = result.stderr.split("\n").filter((line) => line.includes(token));
      expect(masks).toEqual([`::add-mask::${token}`]);
    }
    if (process.platform === "win32") return;
    const result = await command(given, file.slice(0, 3), "2>messages");
    expect(result.code).toBe(0);
    expect(await readFile(path.join(cwd, "messages"), "utf8")).not.toContain(token);
  });

  // Windows has no such pipes.
  test.skipIf(process.platform === "win32")(
    "with the token from a pipe, which can be read once",
    async () => {
      const { issuer, origin, cwd, command } = await start("buildkite");
      await writeFile(path.join(cwd, "token"), await issuer.sign(origin));
      const args = ["upload", "--json", "intro.mp4", "--id-token-file", "/dev/fd/3"];
      expectUpload(await command({}, args, "3<<END\n$(cat token)\nEND"));
    },
  );

  test("with a token of a runner that fails at first", async () => {
    const { issuer, run } = await start("github");
    issuer.requestFailures = 2;
    expectUpload(await run(runnerOf(issuer)));
    expect(issuer.issued).toHaveLength(1);
  });

  test("with the token in a file, as the commands of Buildkite and CircleCI print it", async () => {
    for (const system of ["buildkite", "circleci"] as const) {
      const { issuer, origin, cwd, run } = await start(system);
      const token = await issuer.sign(origin);
      await writeFile(path.join(cwd, "token"), `${token}\n`);
      const args = ["--id-token-file", "token", "--json"];
      const result = await run({}, "upload", "intro.mp4", ...args);
      expectUpload(result);
      expect(result.stdout + result.stderr).not.toContain(token);
      const list = await run({}, "clips", "list", ...args);
      expect(JSON.parse(list.stdout).clips).toHaveLength(1);
    }
  });
});

describe("of several credentials", () => {
  test("a secret wins over the variable and the runner", async () => {
    const { issuer, service, run } = await start("github");
    const { appId, appSecret, account: own } = await service.accounts.createApp();
    expect(own).not.toBe(account);
    const keys = { CLIPCOURIER_APP_ID: appId, CLIPCOURIER_APP_SECRET: appSecret };
    const wrong = { CLIPCOURIER_ID_TOKEN: "a.b.c" };
    expectUpload(await run({ ...keys, ...wrong, ...runnerOf(issuer) }));
    expect(issuer.issued).toEqual([]);
    // The clip is not in the account that the rules lead to.
    const list = await run(runnerOf(issuer), "clips", "list", "--json");
    expect(JSON.parse(list.stdout).clips).toEqual([]);
  });

  test("the file wins over the variable, and the variable over the runner", async () => {
    const { issuer, origin, cwd, run } = await start("github");
    await writeFile(path.join(cwd, "token"), await issuer.sign(origin));
    const wrong = { CLIPCOURIER_ID_TOKEN: "a.b.c", ...runnerOf(issuer) };
    const file = ["upload", "--json", "intro.mp4", "--id-token-file", "token"];
    expectUpload(await run(wrong, ...file));
    expectUpload(
      await run(
        { ...runnerOf(issuer), CLIPCOURIER_ID_TOKEN: await issuer.sign(origin) },
        "upload",
        "--json",
        "token",
      ),
    );
    expect(issuer.issued).toEqual([]);
  });
});

describe("a failed sign-in says why", () => {
  test("when the token has expired", async () => {
    const { issuer, origin, run } = await start("gitlab");
    const token = await issuer.sign(origin, { exp: 1_700_000_000 });
    const { code, stderr } = await run({ CLIPCOURIER_ID_TOKEN: token });
    expect(code).toBe(1);
    expect(stderr).toContain("The token expired at 2023-11-14T22:13:20.000Z. Get a new one");
    expect(stderr).not.toContain(token);
  });

  test("when the token is for another service", async () => {
    const { issuer, origin, run } = await start("gitlab");
    const token = await issuer.sign("https://gitlab.com");
    const { code, stderr } = await run({ CLIPCOURIER_ID_TOKEN: token });
    expect(code).toBe(1);
    expect(stderr).toContain(`The token is for https://gitlab.com. Ask for one for ${origin}`);
  });

  test("when the runner gives none", async () => {
    const { issuer, run } = await start("github");
    const { code, stderr } = await run(runnerOf(issuer, "wrong-request-token"));
    expect(code).toBe(1);
    expect(stderr).toContain("There is no ID token to sign in with: the runner answered with 403.");
    expect(stderr).not.toContain("wrong-request-token");
  });

  test("when there is an app id, and its secret is empty", async () => {
    const { issuer, run } = await start("github");
    const empty = { CLIPCOURIER_APP_ID: "app_1", CLIPCOURIER_APP_SECRET: "" };
    const { code, stderr } = await run({ ...empty, ...runnerOf(issuer) });
    expect(code).toBe(2);
    expect(stderr).toMatch(/CLIPCOURIER_APP_SECRET is empty.*misspelt.*a fork.*Dependabot/s);
    expect(issuer.issued).toEqual([]);
  });

  test.each<[string, string, string]>([
    ["absent", "", "absent cannot be read (ENOENT)."],
    ["token", "\n", "token is empty."],
    ["token", "Error: not logged in", "token holds no ID token, which has three parts"],
  ])("when the file %s holds %j", async (file, content, message) => {
    const { cwd, run } = await start("buildkite");
    await writeFile(path.join(cwd, "token"), content);
    const { code, stderr } = await run({}, "clips", "list", "--id-token-file", file);
    expect(code).toBe(2);
    expect(stderr).toContain(`clipcourier: --id-token-file: ${message}`);
    expect(stderr).not.toContain("not logged in");
  });
});
