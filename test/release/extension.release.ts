import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import extension from "../../packages/vscode/package.json" with { type: "json" };
import release from "../../release.json" with { type: "json" };
import { root } from "../action/action-definition.ts";
import { ensureDebianPackages } from "../debian-packages.ts";

const run = promisify(execFile);
const folder = join(root, "packages/vscode");
const programs: Record<string, string> = {
  vsce: join(folder, "node_modules/@vscode/vsce/vsce"),
  ovsx: join(folder, "node_modules/ovsx/bin/ovsx"),
};

/** Runs a script of the extension's manifest, as the workflow does. */
async function runScript(
  name: keyof typeof extension.scripts,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  const [program = "", ...options] = extension.scripts[name].split(" ");
  const { stdout } = await run(process.execPath, [programs[program] ?? "", ...options, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: work, ...env },
  });
  return stdout;
}

let work: string;
let vsix: string;
beforeAll(async () => {
  ensureDebianPackages([{ name: "unzip", file: "/usr/bin/unzip" }]);
  work = await mkdtemp(join(tmpdir(), "clipcourier-extension-"));
  vsix = join(work, "extension.vsix");
  await runScript("package", ["--out", vsix]);
});
afterAll(() => rm(work, { recursive: true, force: true }));

interface Upload {
  /** What the request was authorised with, in its address or its headers. */
  authorised: string;
  bytes: Buffer;
}

/** Open VSX in miniature, and the part of GitHub that gives a job its token. */
async function startOpenVsx() {
  const uploads: Upload[] = [];
  const exchanged: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const answers: Record<string, () => object> = {
      "/api/version": () => ({ version: "1.4.0" }),
      "/id-token": () => ({ value: `a token for ${searchParams.get("audience")}` }),
      "/api/-/trusted-publishing/token": () => {
        exchanged.push(JSON.parse(body.toString()));
        return { value: "short-lived" };
      },
      "/api/-/publish": () => {
        const authorised = `${request.url} ${JSON.stringify(request.headers)}`;
        uploads.push({ authorised, bytes: body });
        const { publisher: namespace, name, version } = extension;
        return { namespace, name, version, targetPlatform: "universal" };
      },
    };
    const answer = answers[pathname];
    response.statusCode = answer ? 200 : 404;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(answer?.() ?? { error: `no ${pathname}` }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, uploads, exchanged };
}

const published = `Published ${release.publisher}.${release.extension} v${extension.version}`;

test("ovsx sends the package with the token of the environment", async () => {
  const { url, uploads, exchanged } = await startOpenVsx();
  const env = { OVSX_REGISTRY_URL: url, OVSX_PAT: "long-lived" };
  expect(await runScript("publish:open-vsx", [vsix], env)).toContain(published);
  expect(uploads).toHaveLength(1);
  expect(uploads[0]?.bytes.equals(await readFile(vsix))).toBe(true);
  expect(uploads[0]?.authorised).toContain("long-lived");
  expect(exchanged).toEqual([]);
});

test("ovsx takes the job's own token where the environment has none", async () => {
  const { url, uploads, exchanged } = await startOpenVsx();
  const env = {
    OVSX_REGISTRY_URL: url,
    // What a secret that is not set becomes.
    OVSX_PAT: "",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/id-token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-job",
  };
  expect(await runScript("publish:open-vsx", [vsix], env)).toContain(published);
  expect(exchanged).toMatchObject([
    {
      namespace: release.publisher,
      extension: release.extension,
      token: `a token for ${url}`,
    },
  ]);
  expect(uploads[0]?.authorised).toContain("short-lived");
});

// The Marketplace itself cannot be played: vsce reads its addresses from it.
test("vsce knows the options that it is called with", async () => {
  const { stdout } = await run(process.execPath, [programs.vsce ?? "", "publish", "--help"]);
  const options = extension.scripts["publish:marketplace"].match(/--[\w-]+/g) ?? [];
  expect(options).toContain("--azure-credential");
  for (const option of options) expect(stdout).toContain(` ${option} `);
});

test("the package names the repository, and nothing in it is a link that leads nowhere", async () => {
  const { stdout } = await run("unzip", ["-p", vsix, "extension/package.json"]);
  const manifest = JSON.parse(stdout);
  const page = `https://github.com/${release.owner}/${release.repository}`;
  expect(manifest).toMatchObject({
    publisher: release.publisher,
    name: release.extension,
    version: extension.version,
    repository: { url: page, directory: "packages/vscode" },
    bugs: `${page}/issues`,
  });
  const readme = await run("unzip", ["-p", vsix, "extension/readme.md"]);
  const links = [...readme.stdout.matchAll(/\]\(([^)#]+)/g)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(link).toMatch(/^https:\/\//);
});
