/**
 * Lists what others wrote and what is installed with each package, or is in the bundle of the action
 * and of the extension: how much, and under which licences.
 *
 *   node scripts/release/list-dependencies.ts write|check
 *
 * `write` makes docs/dependencies.md; `check` fails where that says something else. Both fail for a
 * licence that asks more of a user than to keep its text.
 */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pnpm } from "./pnpm.ts";
import { readReleaseNames, repositoryRoot as root } from "./release-names.ts";

const allowed = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];
const page = join(root, "docs/dependencies.md");
const { packages } = await readReleaseNames(root);

interface Dependency {
  name: string;
  licence: string;
  bytes: number;
}

/** Something that people get, and what of others is in it. */
interface Product {
  name: string;
  dependencies: Dependency[];
}

/** What of these products is under a licence that is not allowed, each with a sentence. */
export function findRefused(products: readonly Product[]): string[] {
  return products.flatMap(({ name, dependencies }) =>
    dependencies
      .filter(({ licence }) => !allowed.includes(licence))
      .map((each) => `${name} contains ${each.name}, which is under ${each.licence}.`),
  );
}

async function listProducts(): Promise<Product[]> {
  return [
    ...(await listPackages()),
    { name: "the action", dependencies: await listBundled("action") },
    { name: "the extension", dependencies: await listBundled("vscode") },
  ];
}

/** Each package on npm, with what its own dependencies in this workspace bring. */
async function listPackages(): Promise<Product[]> {
  const listed = new Map<string, Dependency[]>();
  // What is depended on comes first.
  for (const [folder, name] of Object.entries(packages)) {
    const manifest = await readFile(join(root, "packages", folder, "package.json"), "utf8");
    const ours = Object.keys(JSON.parse(manifest).dependencies ?? {});
    const brought = ours.flatMap((dependency) => listed.get(dependency) ?? []);
    listed.set(name, merge([...(await listInstalled(folder, "--prod")), ...brought]));
  }
  return [...listed].map(([name, dependencies]) => ({ name, dependencies }));
}

/** What is in a bundle, by the file of licences that is made with it. */
async function listBundled(folder: string): Promise<Dependency[]> {
  const licences = await readFile(join(root, "packages", folder, "dist/licenses.txt"), "utf8");
  const lines = new Set(licences.split("\n").map((line) => line.replace(/ \d[\w.-]*$/, "")));
  const folders = [folder, ...Object.keys(packages)];
  const installed = await Promise.all(folders.map((each) => listInstalled(each)));
  return merge(installed.flat()).filter(({ name }) => lines.has(name));
}

async function listInstalled(folder: string, ...options: string[]): Promise<Dependency[]> {
  const order = ["licenses", "list", "--json", ...options];
  const answer = await pnpm(join(root, "packages", folder), ...order);
  // Without any dependency it says so in words.
  if (!answer.startsWith("{")) return [];
  const byLicence: Record<string, { name: string; paths: string[] }[]> = JSON.parse(answer);
  const entries = Object.entries(byLicence).flatMap(([licence, group]) =>
    group.map(async ({ name, paths }) => ({
      ...{ name, licence },
      bytes: await measure(paths),
    })),
  );
  return Promise.all(entries);
}

async function measure(folders: string[]): Promise<number> {
  let bytes = 0;
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
  }
  return bytes;
}

function merge(dependencies: Dependency[]): Dependency[] {
  const byName = new Map(dependencies.map((each) => [each.name, each]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function describe(all: Product[]): string {
  const rows = all.map(({ name, dependencies }) => {
    const bytes = dependencies.reduce((sum, each) => sum + each.bytes, 0);
    const licences = Map.groupBy(dependencies, ({ licence }) => licence);
    const counts = [...licences].map(([licence, group]) => `${licence} ${group.length}`).sort();
    return `| ${name} | ${dependencies.length} | ${megabytes(bytes)} | ${counts.join(", ")} |`;
  });
  const every = merge(all.flatMap(({ dependencies }) => dependencies)).map(({ name, licence }) => {
    const users = all.filter(({ dependencies }) => dependencies.some((each) => each.name === name));
    return `| ${name} | ${licence} | ${users.map((user) => user.name).join(", ")} |`;
  });
  return `# Dependencies

What others wrote and what comes with each package, made by
\`npx -y pnpm@12 exec node scripts/release/list-dependencies.ts write\`. \`test:release\` compares it with what is
installed, and refuses licences other than ${allowed.join(", ")}.
FFmpeg, whose build is under the GPL, comes with none of them.

| | packages | installed | licences |
| --- | --- | --- | --- |
${rows.join("\n")}

For the action and the extension, "installed" is what their bundles are made of; the bundles themselves hold
only what is used, and their \`licenses.txt\` the full texts.

| package | licence | comes with |
| --- | --- | --- |
${every.join("\n")}
`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) {
  const [mode] = process.argv.slice(2);
  if (mode !== "write" && mode !== "check") {
    throw new Error("Say what to do: node scripts/release/list-dependencies.ts write|check");
  }
  const products = await listProducts();
  const text = describe(products);
  if (mode === "write") await writeFile(page, text);
  const problems = findRefused(products);
  if ((await readFile(page, "utf8").catch(() => "")) !== text) {
    problems.push('docs/dependencies.md is not what is installed. Run this script with "write".');
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
