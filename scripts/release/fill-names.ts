/**
 * Writes what `release.json` and the version say into every file that states it: the manifests, the
 * links, the `uses:` lines and `npx` calls that people copy.
 *
 *   node scripts/release/fill-names.ts fill|check|release [folder]
 *
 * `check` changes nothing. It prints each file that says something else, and fails for those; `release`
 * also fails for the placeholder, so that nothing is published with links that lead nowhere.
 */
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  majorTag,
  npmRange,
  placeholder,
  type ReleaseNames,
  readReleaseNames,
  readVersion,
  repositoryRoot,
} from "./release-names.ts";

interface Manifest {
  name: string;
  publisher?: string;
  repository?: { type: string; url: string; directory?: string };
  homepage?: string;
  bugs?: string;
}

const texts = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md", "examples/*.yml"],
  ...["action.yml", "packages/*/README.md", "packages/*/package.json"],
  "packages/vscode/src/services/choose-command.ts",
];

const [mode = "", root = repositoryRoot] = process.argv.slice(2);
if (!["fill", "check", "release"].includes(mode)) {
  throw new Error("Say what to do: node scripts/release/fill-names.ts fill|check|release [folder]");
}
const names = await readReleaseNames(root);
const version = await readVersion(root);
const former = await readFormerRepository();
const complaints: string[] = [];

for await (const path of glob(texts, { cwd: root })) await settle(path, fillText);
await settle("package.json", (text) => fillManifest(text));
for (const folder of Object.keys(names.packages)) {
  await settle(`packages/${folder}/package.json`, (text) => fillManifest(text, folder));
}
await settle("packages/vscode/package.json", (text) => fillManifest(text, "vscode"));
await compareNames(names);
if (mode === "release" && names.owner === placeholder) {
  complaints.push(
    `release.json has the placeholder ${placeholder} as "owner". Put the account that holds the ` +
      "repository there, and run this script with fill.",
  );
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;

/** Writes what a file should say, or complains that it says something else. */
async function settle(path: string, fill: (text: string) => string): Promise<void> {
  const file = join(root, path);
  const text = await readFile(file, "utf8");
  const filled = fill(text);
  if (filled === text) return;
  if (mode === "fill") await writeFile(file, filled);
  else complaints.push(`${path} does not say what release.json and the version say. Run "fill".`);
}

function fillText(text: string): string {
  const { owner, repository, packages } = names;
  const ours = [former, repository].map(RegExp.escape).join("|");
  const address = new RegExp(
    `(?<=\\bgithub\\.com/|\\buses: )[\\w.-]+/(?:${ours})(?=[/@#?.\\s")]|$)`,
    "gm",
  );
  const use = new RegExp(`(?<=\\buses: ${RegExp.escape(`${owner}/${repository}`)}@)v[\\d.]+`, "g");
  const call = new RegExp(`(?<=[\\s"'\`]${RegExp.escape(packages.cli ?? "")}@)\\d[\\d.]*`, "g");
  return text
    .replaceAll(address, `${owner}/${repository}`)
    .replaceAll(use, majorTag(version))
    .replaceAll(call, npmRange(version));
}

/** npm compares the repository of a package with the one that it was built in. */
function fillManifest(text: string, folder?: string): string {
  const { homepage, bugs, repository, ...others }: Manifest = JSON.parse(text);
  const page = `https://github.com/${names.owner}/${names.repository}`;
  const directory = folder && `packages/${folder}`;
  const isExtension = folder === "vscode";
  const addresses = {
    repository: {
      type: "git",
      // vsce shows it as it is.
      url: isExtension ? page : `git+${page}.git`,
      ...(directory && { directory }),
    },
    ...(directory && {
      homepage: `${page}/tree/HEAD/${directory}#readme`,
      bugs: `${page}/issues`,
    }),
  };
  if (isExtension) others.publisher = names.publisher;
  const filled = Object.entries(others).flatMap(([key, value]) =>
    key === "license" ? [[key, value], ...Object.entries(addresses)] : [[key, value]],
  );
  return `${JSON.stringify(Object.fromEntries(filled), undefined, 2)}\n`;
}

/** The names of packages stand in imports too, so they are compared and not filled in. */
async function compareNames({ packages, extension }: ReleaseNames): Promise<void> {
  for (const [folder, name] of Object.entries({ ...packages, vscode: extension })) {
    const path = `packages/${folder}/package.json`;
    const manifest: Manifest = JSON.parse(await readFile(join(root, path), "utf8"));
    if (manifest.name === name) continue;
    complaints.push(`${path} has the name ${manifest.name}, where release.json has ${name}.`);
  }
}

/** The name that the repository had when its files were filled in last. */
async function readFormerRepository(): Promise<string> {
  const manifest: Manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const [, name] = manifest.repository?.url.match(/^git\+https:.*\/([\w.-]+)\.git$/) ?? [];
  if (name === undefined) {
    throw new Error('package.json has no "repository" with an address on GitHub.');
  }
  return name;
}
