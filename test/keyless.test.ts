import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type GitHubOptions, parseGitHubOptions, parseSignInRules } from "@clipcourier/service";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { findFreePort } from "../packages/service/test/free-port.ts";
import { IdTokenIssuer } from "../packages/service/test/id-token-issuer.ts";
import { isOnBucket } from "../packages/service/test/test-ground.ts";
import { makeFolder, startTestService } from "./start-service.ts";

const uploader = fileURLToPath(new URL("keyless-process.ts", import.meta.url));
const mebibyte = 1024 * 1024;

/** The service at a known address, and the issuer whose tokens it takes. */
async function start(rules: GitHubOptions["rules"] = [{ repository: "octo/*", account }]) {
  const issuer = await IdTokenIssuer.start();
  const port = await findFreePort();
  const log: string[] = [];
  const service = await startTestService(
    {
      ...{ port, publicUrl: `http://127.0.0.1:${port}` },
      github: { issuer: issuer.url, rules },
      logger: pino({ level: "trace" }, { write: (line: string) => void log.push(line) }),
    },
    { appId: "github", appSecret: "" },
  );
  return { issuer, service, log };
}

const account = "acc_octo";

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  return contents.join("\n");
}

test("the rules in the documentation are taken", async () => {
  const page = await readFile(new URL("../docs/self-hosting.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) =>
    JSON.parse(`${json}`),
  );
  const rules = blocks.find((block) => "issuers" in block);
  const short = blocks.find((block) => "rules" in block);
  const { issuers } = parseSignInRules(rules);
  const presets = ["github", "gitlab", "buildkite", "circleci", "forgejo", undefined];
  expect(issuers.map(({ preset }) => preset)).toEqual(presets);
  expect(parseGitHubOptions(short).rules.length).toBe(2);
});

describe("a step of a workflow without any secret", () => {
  test("uploads with the token that its runner gives it, and the token is nowhere to be seen", async () => {
    const { issuer, service, log } = await start();
    const folder = await makeFolder();
    const bytes = randomBytes(6 * mebibyte);
    const file = await folder.write("intro.mp4", bytes);
    const env = {
      ...{ PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
    };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [uploader, service.rootUrl, file],
      { env },
    );
    const { outcome, clip } = JSON.parse(stdout);
    expect([outcome, clip.status]).toEqual(["uploaded", "available"]);
    const video = await fetch(clip.videoUrl);
    expect(Buffer.from(await video.arrayBuffer()).equals(bytes)).toBe(true);

    const clips = await readdir(service.folder, { recursive: true });
    const isListed = clips.some((path) => path.split(sep).includes(account));
    // On a bucket the folder stays empty.
    expect(isListed).toBe(!isOnBucket());
    expect(issuer.issued.length).toBe(1);
    const seen = [stdout, stderr, log.join(""), await readAll(service.folder)].join("\n");
    expect(log.join("")).toContain('"msg":"keyless sign-in"');
    for (const token of issuer.issued) {
      for (const piece of token.split(".")) expect(seen).not.toContain(piece);
    }
  });

  test("finds what another run of the account has uploaded", async () => {
    const { issuer, service } = await start();
    const getIdToken = (audience: string) => issuer.sign(audience);
    const bytes = randomBytes(1000);
    const keyless = () => service.connect({ appSecret: undefined, getIdToken });
    const first = await keyless().upload(bytes);
    const second = await keyless().upload(bytes);
    expect(second).toMatchObject({ outcome: "known", clip: { id: first.clip.id } });
  });

  test("is told what to do when no rule names it", async () => {
    const { issuer, service, log } = await start([{ repository: "octo/other", account }]);
    const getIdToken = (audience: string) => issuer.sign(audience);
    const upload = service.connect({ appSecret: undefined, getIdToken }).upload(randomBytes(10));
    await expect(upload).rejects.toMatchObject({ code: "unauthorized", status: 401 });
    await expect(upload).rejects.toThrow("no rule of it names this run");
    expect(log.join("")).toContain('"reason":"no rule matches"');
  });

  test("is told that the service has no such sign-in", async () => {
    const issuer = await IdTokenIssuer.start();
    const service = await startTestService();
    const getIdToken = (audience: string) => issuer.sign(audience);
    const client = service.connect({ appId: "github", appSecret: undefined, getIdToken });
    const upload = client.upload(randomBytes(10));
    await expect(upload).rejects.toMatchObject({ code: "not_found", status: 404 });
    await expect(upload).rejects.toThrow("offers no sign-in without a secret");
  });

  test("goes on when the issuer was away for a moment", async () => {
    const { issuer, service } = await start();
    issuer.failure = { status: 500, body: "" };
    const retries: string[] = [];
    const client = service.connect({
      appSecret: undefined,
      getIdToken: (audience) => issuer.sign(audience),
      retry: { minDelay: 10 },
    });
    const upload = client.upload(randomBytes(10), {
      onRetry: ({ what, reason }) => {
        retries.push(`${what}: ${reason}`);
        issuer.failure = null;
      },
    });
    await expect(upload).resolves.toMatchObject({ outcome: "uploaded" });
    expect(retries).toEqual([expect.stringContaining("its issuer is out of reach")]);
  });
});
