import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, fillCacheFolder } from "../cache-folder.ts";
import { type DebianPackage, ensureDebianPackages } from "../debian-packages.ts";
import { runNpm } from "../run-npm.ts";

/**
 * VS Code as a server for browsers (code-server 4.105 is VS Code 1.105), each with a version of Node
 * that it requires.
 */
const editors = {
  newest: {
    version: "4.139.1",
    nodeVersion: "24.21.0",
    allowTests: ["--vscode-option", "enable-smoke-test-driver"],
  },
  /** The oldest that the extension's manifest admits, with the Node of the desktop's version. */
  oldest: {
    version: "4.105.1",
    nodeVersion: "22.19.0",
    allowTests: ["--enable-smoke-test-driver"],
  },
};

export type EditorName = keyof typeof editors;

type EditorVersions = (typeof editors)[EditorName];

/** Change this number to have the editors installed again. */
const layout = 2;

/**
 * Extensions of the editor that nothing of Clipcourier meets: sign-in and models of a company, debuggers,
 * tasks, and languages in which nobody writes a clip. Each window would load them again, which is a sixth
 * of what a window costs. Git, Markdown, HTML, notebooks and whatever shows media stay.
 */
const unusedExtensions = [
  ...["copilot", "prompt-basics", "github", "github-authentication", "microsoft-authentication"],
  ...["debug-auto-launch", "debug-server-ready", "ms-vscode.js-debug"],
  ...["ms-vscode.js-debug-companion", "ms-vscode.vscode-js-profile-table"],
  ...["grunt", "gulp", "jake", "npm", "terminal-suggest", "tunnel-forwarding"],
  ...["css-language-features", "php", "php-language-features", "typescript-language-features"],
  ...["configuration-editing", "emmet", "extension-editing", "merge-conflict", "references-view"],
];

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
  /** The options with which it accepts extension tests. */
  allowTests: string[];
}

/**
 * Takes an editor from the cache folder, or installs it from npm, which takes about a minute.
 *
 * @throws Error that says what is missing and what to do.
 */
export async function installEditor(name: EditorName): Promise<EditorInstallation> {
  if (process.platform !== "linux") throw new Error("The suite for VS Code needs Debian 12.");
  ensureDebianPackages(packages);
  const { version, nodeVersion, allowTests } = editors[name];
  const folder = cacheFolder("vscode", `code-server-${version}-node-${nodeVersion}-${layout}`);
  await fillCacheFolder(folder, async (draft) => {
    console.error(`Installing VS Code (code-server ${version}) in ${folder}`);
    await installParts(draft, editors[name]);
  });
  return {
    node: join(nodeFolder(folder), "bin", "node"),
    entry: join(serverFolder(folder), "out", "node", "entry.js"),
    allowTests,
  };
}

async function installParts(
  folder: string,
  { version, nodeVersion }: EditorVersions,
): Promise<void> {
  const install = ["install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
  await runNpm(folder, [...install, `node-linux-${process.arch}@${nodeVersion}`]);
  const env = {
    PATH: `${join(nodeFolder(folder), "bin")}:${process.env.PATH}`,
    npm_config_nodedir: nodeFolder(folder),
  };
  await runNpm(folder, [...install, `code-server@${version}`], env);
  const vscode = join(serverFolder(folder), "lib", "vscode");
  if (version === editors.oldest.version) {
    await acceptSmokeTestDriver(serverFolder(folder));
    await takeWatcherFromNpm(vscode);
  }
  await runNpm(vscode, install, env);
  await runNpm(join(vscode, "extensions"), install, env);
  for (const name of unusedExtensions)
    await rm(join(vscode, "extensions", name), { recursive: true, force: true });
  // Output channels need the first, terminals the second.
  await runNpm(vscode, ["rebuild", "@vscode/spdlog", "node-pty"], env);
  // It is loaded when the editor starts, and older versions have no binary for npm.
  await runNpm(folder, ["rebuild", "argon2", "--build-from-source"], env);
}

/** VS Code has this option, but this code-server does not let it through. */
async function acceptSmokeTestDriver(codeServer: string): Promise<void> {
  const path = join(codeServer, "out", "node", "cli.js");
  const code = await readFile(path, "utf8");
  const options = "exports.options = {";
  const option = '"enable-smoke-test-driver": { type: "boolean" },';
  await writeFile(path, code.replace(options, `${options} ${option}`));
}

/** This editor takes its watcher of files from GitHub. What npm has is nearly the same. */
async function takeWatcherFromNpm(vscode: string): Promise<void> {
  const name = "@parcel/watcher";
  for (const file of ["package.json", "npm-shrinkwrap.json"]) {
    const path = join(vscode, file);
    const content = JSON.parse(await readFile(path, "utf8"));
    const { dependencies } = content.packages?.[""] ?? content;
    dependencies[name] = "2.5.1";
    delete content.packages?.[`node_modules/${name}`];
    await writeFile(path, JSON.stringify(content));
  }
}

function nodeFolder(folder: string): string {
  return join(folder, "node_modules", `node-linux-${process.arch}`);
}

function serverFolder(folder: string): string {
  return join(folder, "node_modules", "code-server");
}
