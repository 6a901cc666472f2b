import { mkdir, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { Cli, makeFolder, runCli } from "./run-cli.js";

async function readLines(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

test("--audit-log has a line for each request, goes on after a rotation, and holds no secret", async () => {
  const cwd = await makeFolder();
  const cli = new Cli(["serve", "--port", "0", "--audit-log", "audit.log"], { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const read = (name: string) =>
    new RegExp(`${name}(?: = "|=)([^\\s"]+)`).exec(cli.stdout)?.[1] ?? "";
  const [rootUrl, appId, appSecret] = [read("API_URL"), read("APP_ID"), read("APP_SECRET")];
  await using client = new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} });
  const { accessKey, accessToken } = await client.signIn();
  const headers = {
    ...{ "X-PV-Meta-App": appId, "X-Access-Key": accessKey, "X-Access-Token": accessToken },
  };
  const list = (count: number) => fetch(`${rootUrl}me/videoclips?count=${count}`, { headers });
  const file = path.join(cwd, "audit.log");
  await list(1);
  const [line, ...more] = await readLines(file);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    app: appId,
    route: "/v2.7/me/videoclips",
    method: "GET",
    status: 200,
  });
  expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT/);
  if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
  await rename(file, `${file}.1`);
  await list(2);
  expect(await readLines(file)).toHaveLength(1);
  expect(await readLines(`${file}.1`)).toHaveLength(1);
  await rename(file, `${file}.2`);
  await mkdir(file);
  expect((await list(3)).status).toBe(200);
  await cli.waitFor("the audit log cannot be written");
  for (const secret of [appSecret, accessKey, accessToken]) {
    expect(await readFile(`${file}.1`, "utf8")).not.toContain(secret);
    expect(cli.stderr).not.toContain(secret);
  }
});

test("an audit log that cannot be written ends the start", async () => {
  const cwd = await makeFolder();
  const { code, stderr } = await runCli(["serve", "--audit-log", "none/audit.log"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("--audit-log: none/audit.log cannot be written (ENOENT).");
});
