import { join } from "node:path";
import { cacheFolder, fillCacheFolder } from "../cache-folder.ts";
import { type DebianPackage, ensureDebianPackages } from "../debian-packages.ts";
import { runNpm } from "../run-npm.ts";

/** VS Code 1.139, as a server for browsers. */
const editorVersion = "4.139.1";
/** The version that this code-server requires. */
const nodeVersion = "24.21.0";
/** Change this number to have the editor installed again. */
const layout = 1;

const packages: DebianPackage[] = [
  { name: "chromium", file: "/usr/bin/chromium" },
  { name: "fonts-dejavu-core", file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" },
  // For pictures of the Japanese texts.
  { name: "fonts-ipafont-gothic", file: "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf" },
  // Compiles the editor's native modules.
  { name: "g++", file: "/usr/bin/g++" },
  { name: "make", file: "/usr/bin/make" },
  { name: "python3", file: "/usr/bin/python3" },
];

/** The paths of an installed editor. */
export interface EditorInstallation {
  /** The Node that runs it. */
  node: string;
  /** The script to run. */
  entry: string;
}

/**
 * Takes the editor from the cache folder, or installs it from npm, which takes about a minute.
 *
 * @throws Error that says what is missing and what to do.
 */
export async function installEditor(): Promise<EditorInstallation> {
  if (process.platform !== "linux") throw new Error("The suite for VS Code needs Debian 12.");
  ensureDebianPackages(packages);
  const name = `code-server-${editorVersion}-node-${nodeVersion}-${layout}`;
  const folder = cacheFolder("vscode", name);
  await fillCacheFolder(folder, async (draft) => {
    console.error(`Installing VS Code (code-server ${editorVersion}) in ${folder}`);
    await installParts(draft);
  });
  return {
    node: join(nodeFolder(folder), "bin", "node"),
    entry: join(serverFolder(folder), "out", "node", "entry.js"),
  };
}

async function installParts(folder: string): Promise<void> {
  const install = ["install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
  await runNpm(folder, [...install, `node-linux-${process.arch}@${nodeVersion}`]);
  const env = {
    PATH: `${join(nodeFolder(folder), "bin")}:${process.env.PATH}`,
    npm_config_nodedir: nodeFolder(folder),
  };
  await runNpm(folder, [...install, `code-server@${editorVersion}`], env);
  const vscode = join(serverFolder(folder), "lib", "vscode");
  await runNpm(vscode, install, env);
  await runNpm(join(vscode, "extensions"), install, env);
  // Output channels need the first, terminals the second.
  await runNpm(vscode, ["rebuild", "@vscode/spdlog", "node-pty"], env);
}

function nodeFolder(folder: string): string {
  return join(folder, "node_modules", `node-linux-${process.arch}`);
}

function serverFolder(folder: string): string {
  return join(folder, "node_modules", "code-server");
}
