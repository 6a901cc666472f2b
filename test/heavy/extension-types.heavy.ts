import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packPackage } from "../../scripts/release/pack-packages.ts";
import { install } from "./installed.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "clipcourier-extension-types-"));
  await writeFile(join(project, "package.json"), '{ "private": true }');
  await install(
    project,
    await Promise.all(["core", "vscode-api"].map((name) => packPackage(name, project))),
  );
  const types = join(project, "node_modules/@types");
  await mkdir(types, { recursive: true });
  for (const name of ["vscode", "node"]) {
    const folder = dirname(require.resolve(`@types/${name}/package.json`));
    await symlink(folder, join(types, name), "junction");
  }
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Compiles an extension that uses the packed package, and gives what the compiler complains about. */
async function compile(code: string, module: "node16" | "nodenext" | "esnext"): Promise<string> {
  await writeFile(join(project, "extension.ts"), code);
  // As the generator of extensions has it: without skipLibCheck.
  const options = ["--strict", "--noEmit", "--target", "es2022", "--types", "node,vscode"];
  const resolution = module === "esnext" ? ["--moduleResolution", "bundler"] : [];
  const args = [tsc, ...options, "--module", module, ...resolution, "extension.ts"];
  return run(process.execPath, args, { cwd: project }).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const extension = `
import type { ClipcourierApi, UploadReport } from "@clipcourier/vscode-api";
import { type CancellationToken, type Uri, extensions } from "vscode";

export async function share(uri: Uri, token: CancellationToken): Promise<string | undefined> {
  const found = extensions.getExtension<ClipcourierApi>("clipcourier.clipcourier-vscode");
  const report: UploadReport | undefined = await (await found?.activate())?.upload([uri], { token });
  return report?.clips[0]?.clip.markdown;
}
`;

test.each(["node16", "nodenext", "esnext"] as const)(
  "an extension compiles against it, as %s",
  async (module) => {
    expect(await compile(extension, module)).toBe("");
  },
);

test("what the extension does not export is an error", async () => {
  const wrong = extension.replace(".upload([uri]", ".download([uri]");
  expect(await compile(wrong, "nodenext")).toContain("Property 'download' does not exist");
});
