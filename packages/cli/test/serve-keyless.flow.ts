import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { findFreePort } from "../../service/test/free-port.js";
import { IdTokenIssuer } from "../../service/test/id-token-issuer.js";
import { Cli, makeFolder, runCli } from "./run-cli.js";

const rule = { repository: "octo/*", account: "acc_octo" };

async function writeRules(cwd: string, content: unknown): Promise<string> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(path.join(cwd, "rules.json"), text);
  return "rules.json";
}

test("a job signs in with its token alone, and a refusal is in the log", async () => {
  const cwd = await makeFolder();
  const issuer = await IdTokenIssuer.start();
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

test("jobs of several CI systems sign in, by the rules of one file", async () => {
  const cwd = await makeFolder();
  const gitLab = await IdTokenIssuer.start("gitlab");
  const gitHub = await IdTokenIssuer.start("github");
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const gitLabRule = { claims: { project_path: "octo/*" }, account: "acc_gitlab" };
  const rules = await writeRules(cwd, {
    issuers: [
      { preset: "gitlab", issuer: gitLab.url, rules: [gitLabRule] },
      {
        ...{ preset: "github", issuer: gitHub.url, audience: "clips" },
        rules: [{ claims: { repository_id: "987654" }, account: "acc_github" }],
      },
    ],
  });
  const cli = new Cli(
    ["serve", "--port", String(port), "--public-url", origin, "--sign-in-rules", rules],
    { cwd },
  );
  await cli.waitFor(
    `Jobs of gitlab, ${gitLab.url} sign in without a secret by 1 rule, with tokens for ${origin}`,
  );
  await cli.waitFor(`Jobs of github, ${gitHub.url} sign in without a secret by 1 rule`);
  for (const [account, sign] of [
    ["acc_gitlab", (audience: string) => gitLab.sign(audience)],
    ["acc_github", () => gitHub.sign("clips")],
  ] as const) {
    const client = new DirectUploadClient({
      ...{ rootUrl: `${origin}/v2.7`, appId: "github", getIdToken: sign, proxyEnv: {} },
    });
    onTestFinished(() => client.close());
    await expect(client.signIn()).resolves.toMatchObject({ id: account });
  }
});

test.each<[string, unknown, string]>([
  ["in the short form", { rules: [rule] }, "rules.json: issuers: must be a list of issuers."],
  [
    "another issuer's",
    {
      issuers: [
        { preset: "github", rules: [{ account: "acc_octo", claims: { project_path: "a/b" } }] },
      ],
    },
    "rules.json: issuers[0].rules[0].claims.project_path: is no claim of GitHub's tokens",
  ],
])("rules for issuers that are %s end the start", async (_, content, message) => {
  const cwd = await makeFolder();
  const rules = await writeRules(cwd, content);
  const args = ["serve", "--port", "0", "--public-url", "https://clips.example.com"];
  const { code, stdout, stderr } = await runCli([...args, "--sign-in-rules", rules], { cwd });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`clipcourier: --sign-in-rules: ${message}`);
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

test("two files that do not agree about an issuer end the start", async () => {
  const cwd = await makeFolder();
  const issuer = "https://ci.example.com";
  const short = await writeRules(cwd, { issuer, rules: [rule] });
  const rules = [{ account: "acc_octo", claims: { sub: "intro" } }];
  await writeFile(path.join(cwd, "long.json"), JSON.stringify({ issuers: [{ issuer, rules }] }));
  const args = ["serve", "--port", "0", "--public-url", "https://clips.example.com"];
  const files = ["--github-rules", short, "--sign-in-rules", "long.json"];
  const { code, stderr } = await runCli([...args, ...files], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('--sign-in-rules: issuers[0].preset: must be "github"');
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
  const issuers = [
    { preset: "gitlab", rules: [{ account: "acc_octo", claims: { project_id: "7" } }] },
  ];
  const file = await writeRules(cwd, { issuers });
  const other = await runCli(["serve", "--port", "0", "--sign-in-rules", file], { cwd });
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("--sign-in-rules needs --public-url");
});
