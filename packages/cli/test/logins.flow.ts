import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { startService } from "@clipcourier/service";
import { expect, onTestFinished, test } from "vitest";
import { createJsonLog } from "../src/serve/service-log.js";
import { makeFolder, runCli } from "./run-cli.js";

/** A service in this process, and the commands in others. */
async function startOwn() {
  const folder = await makeFolder();
  const service = await startService({ folder, media: null, logger: createJsonLog("silent") });
  onTestFinished(() => service.close());
  const run = (...args: string[]) => runCli([...args, "--folder", folder], { cwd: folder });
  const runJson = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
  return { folder, service, run, runJson };
}

async function signIn(rootUrl: string, appId: string, body: Record<string, string>) {
  const headers = { "X-PV-Meta-App": appId };
  const route = "app_secret" in body ? "login/app" : "login";
  const init = { method: "POST", headers, body: new URLSearchParams(body) };
  const response = await fetch(`${rootUrl}${route}`, init);
  const { data }: { data?: Session[] } = JSON.parse(await response.text());
  const session = { ...headers, ...tokensOf(data?.[0]) };
  const list = async (as = session) =>
    (await fetch(`${rootUrl}me/videoclips`, { headers: as })).status;
  return { status: response.status, session, account: data?.[0]?.id, list };
}

interface Session {
  id: string;
  access_key: string;
  access_token: string;
}

function tokensOf(row: Session | undefined) {
  return { "X-Access-Key": row?.access_key ?? "", "X-Access-Token": row?.access_token ?? "" };
}

test("an app that is added can sign in, and one that is revoked is out at once", async () => {
  const { service, run, runJson } = await startOwn();
  const { rootUrl } = service;
  const app = await runJson("apps", "add", "ci", "--account", "acc_team");
  expect(app).toMatchObject({ account: "acc_team" });
  await using client = new DirectUploadClient({ rootUrl, ...app, proxyEnv: {} });
  await client.signIn();
  const { list, account } = await signIn(rootUrl, app.appId, { app_secret: app.appSecret });
  expect([account, await list()]).toEqual(["acc_team", 200]);
  const listed = await run("apps", "list");
  expect(listed.stdout).toMatch(new RegExp(`^${app.appId} +acc_team +\\S+Z +ci$`, "m"));
  expect(listed.stdout).not.toContain(app.appSecret);
  expect(await run("apps", "revoke", app.appId)).toMatchObject({ code: 0, stdout: "" });
  expect(await list()).toBe(401);
  expect((await signIn(rootUrl, app.appId, { app_secret: app.appSecret })).status).toBe(401);
  expect(await run("apps", "revoke", app.appId)).toMatchObject({ code: 1 });
});

test("a new secret ends the old one and its sessions, and keeps the account", async () => {
  const { service, runJson, run } = await startOwn();
  const { rootUrl } = service;
  const app = await runJson("apps", "add");
  const before = await signIn(rootUrl, app.appId, { app_secret: app.appSecret });
  expect(await before.list()).toBe(200);
  const rotated = await runJson("apps", "rotate", app.appId);
  expect(rotated).toMatchObject({ appId: app.appId, account: app.account });
  expect(rotated.appSecret).not.toBe(app.appSecret);
  expect(await before.list()).toBe(401);
  expect((await signIn(rootUrl, app.appId, { app_secret: app.appSecret })).status).toBe(401);
  const after = await signIn(rootUrl, app.appId, { app_secret: rotated.appSecret });
  expect([after.account, await after.list()]).toEqual([app.account, 200]);
  expect((await run("apps", "rotate", "app_unknown")).code).toBe(1);
});

test("a session is bound to its app and to its account", async () => {
  const { service, runJson } = await startOwn();
  const { rootUrl } = service;
  const [one, two] = [await runJson("apps", "add"), await runJson("apps", "add")];
  const first = await signIn(rootUrl, one.appId, { app_secret: one.appSecret });
  const second = await signIn(rootUrl, two.appId, { app_secret: two.appSecret });
  expect([first.account, second.account]).toEqual([one.account, two.account]);
  const { session } = first;
  expect(await first.list({ ...session, "X-PV-Meta-App": two.appId })).toBe(401);
  expect(await first.list({ ...session, "X-Access-Key": second.session["X-Access-Key"] })).toBe(
    401,
  );
  const [head, claims = "", signature] = session["X-Access-Token"].split(".");
  const forged = { ...JSON.parse(atob(claims)), sub: two.account };
  const token = [head, btoa(JSON.stringify(forged)), signature].join(".");
  expect(await first.list({ ...session, "X-Access-Token": token })).toBe(401);
  expect(await first.list()).toBe(200);
});

test("users are added, get another password, and are removed, while the service runs", async () => {
  const { folder, service, run, runJson } = await startOwn();
  const { rootUrl } = service;
  const { appId } = await runJson("apps", "add");
  const file = path.join(folder, "password");
  await writeFile(file, "correct horse\n");
  const added = await run("users", "add", "ann", "--account", "acc_team", "--password-file", file);
  expect(added.stdout).toBe("username: ann\naccount: acc_team\n");
  const before = await signIn(rootUrl, appId, { username: "ann", password: "correct horse" });
  expect([before.account, await before.list()]).toEqual(["acc_team", 200]);
  const { password } = await runJson("users", "rotate", "ann");
  expect(await before.list()).toBe(401);
  const after = await signIn(rootUrl, appId, { username: "ann", password });
  expect([after.account, await after.list()]).toEqual(["acc_team", 200]);
  expect((await runJson("users", "list")).users).toMatchObject([
    { name: "ann", account: "acc_team" },
  ]);
  expect((await run("users", "revoke", "ann")).code).toBe(0);
  expect(await after.list()).toBe(401);
  expect((await run("users", "rotate", "ann")).code).toBe(1);
});

test.each([
  [["apps", "add", "--account", "Team"], 2, '--account: "Team" is not a valid account name'],
  [["users", "add", "ann", "--password-file", "none"], 2, "--password-file: none cannot be read"],
  [["apps", "list", "--folder", "elsewhere"], 1, "service.json is missing"],
  [["apps", "list", "--bucket", "s3://b"], 2, "is for a service without --bucket"],
  [["apps", "rotate"], 2, "missing required argument"],
])("%j says what is wrong", async (args, code, message) => {
  const { folder } = await startOwn();
  const result = await runCli(args, { cwd: folder, env: { CLIPCOURIER_SERVE_FOLDER: folder } });
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).toContain(message);
});
