import { randomBytes } from "node:crypto";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runNode } from "../run-node.ts";
import { makeFolder, startTestService, type TestFolder } from "../start-service.ts";
import { type Bundle, bundlers } from "./bundlers.ts";

const core = fileURLToPath(new URL("../../packages/core", import.meta.url));
// Large enough to be hashed in the worker, and for two parts.
const bytes = randomBytes(6 * 1024 * 1024);

const program = `
const [rootUrl, appId, appSecret, file] = process.argv.slice(2);
new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} })
  .upload(file)
  .then(
    ({ outcome, clip }) => console.log(outcome, clip.id),
    (error) => {
      console.error(error.stack);
      process.exitCode = 1;
    },
  );
`;
const imports = {
  esm: 'import { DirectUploadClient } from "@clipcourier/core";',
  cjs: 'const { DirectUploadClient } = require("@clipcourier/core");',
};

/** A project of somebody who has installed core and nothing else. */
async function makeProgram(format: Bundle["format"]): Promise<string> {
  const folder = await makeProject(format);
  await mkdir(join(folder.path, "node_modules/@clipcourier"), { recursive: true });
  await symlink(core, join(folder.path, "node_modules/@clipcourier/core"), "junction");
  return folder.write("program.js", imports[format] + program);
}

/** A folder where Node takes `.js` files for this format. */
async function makeProject(format: Bundle["format"]): Promise<TestFolder> {
  const folder = await makeFolder();
  const type = format === "esm" ? "module" : "commonjs";
  await folder.write("package.json", JSON.stringify({ type }));
  return folder;
}

/** Gives the path of the bundle, far from what it was made of. */
async function makeBundle({ format, mayBeSplit, bundle }: Bundle): Promise<string> {
  const dist = join((await makeProject(format)).path, "dist");
  await bundle(await makeProgram(format), dist);
  const scripts = (await readdir(dist)).filter((name) => name.endsWith(".js"));
  if (!mayBeSplit) expect(scripts).toEqual(["index.js"]);
  return join(dist, "index.js");
}

describe.each(Object.entries(bundlers))("a program that %s has bundled", (_, bundles) => {
  test.each(Object.entries(bundles))(
    "uploads: %s",
    async (_, one) => {
      const { rootUrl, appId, appSecret, connect } = await startTestService();
      const script = await makeBundle(one);
      const file = await (await makeFolder()).write("intro.mp4", bytes);
      const result = await runNode([script, rootUrl, appId, appSecret, file]);
      expect(result).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^uploaded \S+\n$/),
        stderr: "",
      });
      const clip = await connect().getClip(result.stdout.trim().replace("uploaded ", ""));
      const stored = await fetch(String(clip.videoUrl));
      expect(bytes.equals(Buffer.from(await stored.arrayBuffer()))).toBe(true);
    },
    120_000,
  );
});
