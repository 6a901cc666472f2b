import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { editorEnv } from "./editor.ts";
import type { EditorInstallation } from "./install-editor.ts";

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../packages/vscode", import.meta.url));

/** Packages the extension as it is published, and returns the path of the package. */
export async function packageExtension(destination: string): Promise<string> {
  const vsix = join(destination, "clipcourier.vsix");
  const vsce = join(source, "node_modules", "@vscode", "vsce", "vsce");
  // vsce cannot follow pnpm's links, and the bundle contains the dependencies.
  await runOrSay("vsce package", process.execPath, [
    ...[vsce, "package", "--no-dependencies", "--allow-missing-repository", "--out", vsix],
  ]);
  return vsix;
}

/** Installs a package into a folder of extensions, with `--install-extension`. */
export async function installExtension(
  { node, entry }: EditorInstallation,
  vsix: string,
  extensions: string,
): Promise<void> {
  const userData = join(extensions, "..", "installing");
  const places = ["--extensions-dir", extensions, "--user-data-dir", userData];
  const env = editorEnv(userData);
  await runOrSay("code-server", node, [entry, ...places, "--install-extension", vsix], env);
}

async function runOrSay(name: string, file: string, args: string[], env = process.env) {
  try {
    await run(file, args, { cwd: source, env, timeout: 60_000 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${name} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
