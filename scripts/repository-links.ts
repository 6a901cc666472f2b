/**
 * The account that holds the repository stands in many links: of the manifests, and of every
 * `uses:` line that people copy. The `repository` of the root's manifest is what counts, and this
 * fills in the others.
 *
 *   node scripts/repository-links.ts fill|check [folder]
 *
 * `check` changes nothing. It prints each file that names another account, and fails for those and
 * for the placeholder, so that no release has it.
 */
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const placeholder = "OWNER";
const places = [
  ...["README.md", "CONTRIBUTING.md", "docs/**/*.md", "examples/*.yml"],
  ...["packages/*/package.json", "packages/*/README.md"],
];
// The name of the account is before the name of the repository.
const links = /(?<=\bgithub\.com\/|\buses: )[\w.-]+(?=\/clipcourier\b)/g;

const [mode, folder = join(import.meta.dirname, "..")] = process.argv.slice(2);
if (mode !== "fill" && mode !== "check") {
  throw new Error("Say what to do: node scripts/repository-links.ts fill|check [folder]");
}
const owner = await readOwner(join(folder, "package.json"));
const complaints: string[] = [];
for await (const path of glob(places, { cwd: folder })) {
  const file = join(folder, path);
  const text = await readFile(file, "utf8");
  const filled = text.replaceAll(links, owner);
  if (filled === text) continue;
  if (mode === "fill") await writeFile(file, filled);
  else complaints.push(`${path} names another account than ${owner}. Run "fill".`);
}
if (mode === "check" && owner === placeholder) {
  complaints.push(
    `package.json has the placeholder ${placeholder} in "repository". Put the account that holds ` +
      'the repository there, and run "fill".',
  );
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;

async function readOwner(manifest: string): Promise<string> {
  const { repository } = JSON.parse(await readFile(manifest, "utf8"));
  const [name] = String(repository?.url).match(links) ?? [];
  if (name === undefined) {
    throw new Error(`${manifest} has no "repository" with the address of clipcourier on GitHub.`);
  }
  return name;
}
