import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { echo, listTraces } from "./echo.ts";
import { rewriteAnswer } from "./faults/faults.ts";
import type { Rule } from "./faults/script.ts";
import { signLikeS3, storageSecrets } from "./presigned.ts";
import { type NodeResult, runNode } from "./run-node.ts";
import { partSize, type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import { makeFolder, type TestFolder } from "./start-service.ts";

const uploadScript = fileURLToPath(new URL("upload-process.ts", import.meta.url));
const cli = fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url));
const bytes = randomBytes(partSize + 9);
const put = { method: "PUT" };
const plan = { method: "GET", path: /directupload/ };
const finalize = { method: "POST", path: /directupload/ };
const sign: Rule = { when: plan, times: Infinity, fault: rewriteAnswer(signLikeS3) };

/** What is played, and what the process is expected to end with. */
const faults: [string, Rule[], number][] = [
  ["all is well after a retry", [{ when: put, fault: echo(503, "xml") }], 0],
  ["sign-in is refused", [{ when: { path: /login/ }, times: 9, fault: echo(401, "json") }], 1],
  ["the plan is refused", [{ when: plan, times: 9, fault: echo(403, "long json") }], 1],
  ["a part is refused", [{ when: put, times: 9, fault: echo(413, "xml") }], 1],
  ["part URLs are refused", [{ when: put, times: 99, fault: echo(403, "json") }], 1],
  ["an answer is no HTTP", [{ when: put, times: 99, fault: echo(200, "garbage") }], 1],
  ["the clip fails", [{ when: finalize, times: 9, fault: echo(200, "clip") }], 1],
];

describe.each(faults)("%s: no secret is printed or kept", (_, rules, code) => {
  test("by a program that lets the error through", async () => {
    const { spoiled, folder, file } = await start(rules);
    const { appId, appSecret } = spoiled.service;
    const stateFolder = join(folder.path, "state");
    const retry = { attempts: 2, minDelay: 5 };
    const client = { rootUrl: spoiled.rootUrl, appId, appSecret, stateFolder, retry };
    const options = { deadline: 3_600_000 };
    const result = await runNode([uploadScript, JSON.stringify({ client, file, options })]);
    expect(result.code).toBe(code);
    await expectNoSecret(spoiled, result, folder);
  });

  test("by the command line", async () => {
    const { spoiled, folder, file } = await start(rules);
    const { appId, appSecret } = spoiled.service;
    const timeout = code === 0 ? "1h" : "2s";
    const args = ["upload", "--verbose", "--json", "--timeout", timeout, file];
    const result = await runNode([cli, ...args], {
      CLIPCOURIER_API_URL: spoiled.rootUrl,
      CLIPCOURIER_APP_ID: appId,
      CLIPCOURIER_APP_SECRET: appSecret,
      ...{ HOME: folder.path, XDG_STATE_HOME: folder.path, LOCALAPPDATA: folder.path },
    });
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout)).toMatchObject({ failed: code });
    await expectNoSecret(spoiled, result, folder);
  });
});

async function start(rules: readonly Rule[]) {
  const spoiled = await startSpoiledService();
  spoiled.front.script([...rules, sign]);
  const folder = await makeFolder();
  return { spoiled, folder, file: await folder.write("a.mp4", bytes) };
}

async function expectNoSecret(
  { front, service }: SpoiledService,
  { stdout, stderr }: NodeResult,
  folder: TestFolder,
): Promise<void> {
  const seen = front.log.flatMap(({ headers, query }) => [
    headers["x-access-token"],
    headers["x-access-key"],
    query.get("signature"),
  ]);
  const secrets = [service.appSecret, ...storageSecrets, ...seen].filter(
    (value) => typeof value === "string",
  );
  const shown = [stdout, stderr, ...(await readKept(folder))].join("\n");
  expect(shown.length).toBeGreaterThan(0);
  for (const trace of secrets.flatMap(listTraces)) expect(shown).not.toContain(trace);
}

/** What was written to disk meanwhile, journals among it. */
async function readKept({ path }: TestFolder): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "a.mp4");
  return Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
  );
}
