import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import release from "../../release.json" with { type: "json" };
import { packPackage } from "../../scripts/release/pack-packages.ts";
import { nodeVersions, provideNode } from "../provide-node.ts";
import { makeFolder, startTestService } from "../start-service.ts";
import { install, measure } from "./installed.ts";

const run = promisify(execFile);
const names = Object.keys(release.packages);
let project: string;
let tarballs: string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "clipcourier-installed-"));
  await writeFile(join(project, "package.json"), '{ "private": true }');
  tarballs = await Promise.all(names.map((name) => packPackage(name, project)));
  await install(project, tarballs);
});
afterAll(() => rm(project, { recursive: true, force: true }));

describe.each(names)("the package %s", (name) => {
  const read = () => readFile(tarballs[names.indexOf(name)] ?? "");

  test("is clean for publint", async () => {
    const bytes = await read();
    const tarball = new Uint8Array(bytes).buffer;
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages).toEqual([]);
  });

  test("has types that resolve", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(await read())));
    if (!analysis.types) throw new Error("the package has no types");
    // ESM alone, on purpose: every Node that is supported can `require` it.
    const problems = analysis.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
    expect(
      problems.filter(
        (problem) => !("resolutionKind" in problem) || problem.resolutionKind !== "node10",
      ),
    ).toEqual([]);
  });

  test("holds what is needed and nothing else", async () => {
    const folder = join(
      project,
      "node_modules",
      name === "cli" ? "clipcourier" : `@clipcourier/${name}`,
    );
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
    const others = paths.filter((path) => !/^dist\/[\w/-]+\.(d\.ts|js|schema\.json)$/.test(path));
    expect(others.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
  });
});

// About 5 MB of it are the AWS SDK, for a service that is on a bucket, and 2 MB the API of OpenTelemetry,
// which prom-client asks for.
test("the command line is installed in less than 25 MB, without node-av", async () => {
  const size = await measure(join(project, "node_modules"));
  console.log(`installed: ${(size / 1e6).toFixed(1)} MB`);
  expect(size).toBeLessThan(25e6);
  await expect(readFile(join(project, "node_modules/node-av/package.json"))).rejects.toThrow();
});

test("nothing of it has an install script, so that npm may be told to run none", async () => {
  const text = await readFile(join(project, "node_modules/.package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, object> };
  const names = Object.keys(packages);
  expect(names).toContain("node_modules/clipcourier");
  expect(names.filter((name) => "hasInstallScript" in Object(packages[name]))).toEqual([]);
});

test("the MCP server asks for the SDK, which is not installed", async () => {
  const bin = join(project, "node_modules/clipcourier/dist/bin.js");
  const serving = run(process.execPath, [bin, "mcp"], { cwd: project });
  await expect(serving).rejects.toMatchObject({
    ...{ code: 2, stdout: "" },
    stderr: expect.stringContaining("npm install clipcourier @modelcontextprotocol/server"),
  });
});

describe.each([nodeVersions.newest22, process.versions.node])("on Node %s", (version) => {
  test.each([
    ["import", "mjs", 'import { DirectUploadClient } from "@clipcourier/core";'],
    ["require", "cjs", 'const { DirectUploadClient } = require("@clipcourier/core");'],
  ])("core is taken by %s, and uploads", async (_, extension, line) => {
    const { rootUrl, appId, appSecret } = await startTestService();
    const options = JSON.stringify({ rootUrl, appId, appSecret, proxyEnv: {} });
    const script = join(project, `upload-${version}.${extension}`);
    await writeFile(
      script,
      `${line}
new DirectUploadClient(${options})
  .upload(Buffer.from("${randomBytes(8).toString("hex")}"))
  .then(({ outcome, clip }) => console.log(outcome, clip.status));
`,
    );
    const { stdout, stderr } = await run(await provideNode(version), [script]);
    expect([stdout, stderr]).toEqual(["uploaded available\n", ""]);
  });

  test("the command line uploads without pictures, and says how to get them", async () => {
    const folder = await makeFolder();
    const file = await folder.write("a.mp4", randomBytes(1000));
    const bin = join(project, "node_modules/clipcourier/dist/bin.js");
    // Without this machine's programs, among which there may be an ffmpeg.
    const env = { PATH: folder.path, HOME: folder.path };
    const node = await provideNode(version);
    const { stdout, stderr } = await run(node, [bin, "upload", "--json", file], {
      cwd: folder.path,
      env,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 0,
      clips: [{ outcome: "uploaded", status: "available", thumbnail: null, preview: null }],
    });
    expect(stderr).toContain("npm install node-av");
  });
});

test.each(["node16", "bundler"])("types hold under moduleResolution %s", async (resolution) => {
  const isNode = resolution === "node16";
  const source = join(project, `types-${resolution}.mts`);
  await writeFile(
    source,
    `import { DirectUploadClient, type Clip, type UploadResult, isDirectUploadError } from "@clipcourier/core";
const client = new DirectUploadClient({ rootUrl: "https://clips.example.com/v2.7", appId: "a", appSecret: "b" });
export async function upload(path: string): Promise<Clip | undefined> {
  try {
    const result: UploadResult = await client.upload(path, { onProgress: ({ acknowledged }) => void acknowledged });
    return result.clip;
  } catch (error) {
    if (isDirectUploadError(error, "aborted")) throw error;
    return undefined;
  }
}
`,
  );
  const require = createRequire(new URL("../../package.json", import.meta.url));
  const tsc = join(require.resolve("typescript/package.json"), "../bin/tsc");
  const types = join(require.resolve("@types/node/package.json"), "../..");
  const flags = [
    "--noEmit",
    "--strict",
    "--target",
    "es2022",
    "--module",
    isNode ? "node16" : "esnext",
  ];
  const order = [
    ...flags,
    "--moduleResolution",
    resolution,
    "--typeRoots",
    types,
    "--types",
    "node",
  ];
  const { stdout } = await run(process.execPath, [tsc, ...order, source], { cwd: project }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});
