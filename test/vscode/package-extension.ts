import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { editorEnv } from "./editor.ts";
import type { EditorInstallation } from "./install-editor.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../..", import.meta.url));
const source = fileURLToPath(new URL("../../packages/vscode", import.meta.url));

/**
 * Builds the extension, and what it is made of, where that is older than its sources: what is packed is
 * what is there to be read.
 */
export async function buildExtension(): Promise<void> {
  const turbo = join(repository, "node_modules", "turbo", "bin", "turbo");
  const what = ["run", "build", "--filter=clipcourier-vscode", "--output-logs=errors-only"];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  await runOrSay("turbo run build", process.execPath, [turbo, ...what], { cwd: repository, env });
}

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
  await runOrSay("code-server", node, [entry, ...places, "--install-extension", vsix], { env });
}

async function runOrSay(name: string, file: string, args: string[], options: RunOptions = {}) {
  try {
    await run(file, args, { cwd: source, timeout: 600_000, ...options });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${name} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}
