import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { findFreePort } from "../../service/test/free-port.js";
import { GitHubIssuer } from "../../service/test/github-issuer.js";
import { Cli, makeFolder, runCli } from "./run-cli.js";

const rule = { repository: "octo/*", account: "acc_octo" };

async function writeRules(cwd: string, content: unknown): Promise<string> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(path.join(cwd, "rules.json"), text);
  return "rules.json";
}

test("a job signs in with its token alone, and a refusal is in the log", async () => {
  const cwd = await makeFolder();
  const issuer = await GitHubIssuer.start();
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const rules = await writeRules(cwd, { issuer: issuer.url, rules: [rule] });
  const cli = new Cli(
    ["serve", "--port", String(port), "--public-url", origin, "--github-rules", rules],
    { cwd },
  );
  await cli.waitFor(`Workflows of octo/* sign in without a secret, with tokens for ${origin}`);
  const tokens: string[] = [];
  const connect = (repository: string) => {
    const client = new DirectUploadClient({
      ...{ rootUrl: `${origin}/v2.7`, appId: "github", proxyEnv: {} },
      getIdToken: async (audience) => {
        const token = await issuer.sign(audience, { repository });
        tokens.push(token);
        return token;
      },
    });
    onTestFinished(() => client.close());
    return client;
  };
  await expect(connect("octo/intro").listClips()).resolves.toMatchObject({ clips: [] });
  await expect(connect("mallory/intro").listClips()).rejects.toMatchObject({ status: 401 });
  await cli.waitFor("no rule matches");
  expect(cli.stderr).toContain('"repository":"mallory/intro"');
  expect(tokens.length).toBe(2);
  for (const token of tokens) expect(cli.stdout + cli.stderr).not.toContain(token);
});

test.each<[string, unknown, string]>([
  ["no JSON", "{", "rules.json: it is not valid JSON."],
  ["a rule that is wrong", { rules: [rule, { ...rule, ref: "main" }] }, "github.rules[1].ref: "],
  ["no rules", {}, "github.rules: must be a list of rules."],
])("rules that are %s end the start", async (_, content, message) => {
  const cwd = await makeFolder();
  const rules = await writeRules(cwd, content);
  const args = ["serve", "--port", "0", "--public-url", "https://clips.example.com"];
  const { code, stdout, stderr } = await runCli([...args, "--github-rules", rules], { cwd });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("clipcourier: --github-rules: rules.json: ");
  expect(stderr).toContain(message);
});

test("rules that are not there, or without an address, end the start", async () => {
  const cwd = await makeFolder();
  const missing = await runCli(["serve", "--port", "0", "--github-rules", "no.json"], { cwd });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("--github-rules: no.json cannot be read (ENOENT).");
  const rules = await writeRules(cwd, { rules: [rule] });
  const local = await runCli(["serve", "--port", "0", "--github-rules", rules], { cwd });
  expect(local.code).toBe(2);
  expect(local.stderr).toContain("--github-rules needs --public-url");
});
