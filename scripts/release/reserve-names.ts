/**
 * Makes each package of `release.json` exist on npm, as an empty version 0.0.0, where it does not yet:
 * a package that does not exist cannot have a trusted publisher, and its name is free for anybody.
 * Then it prints the commands that make the release workflow the trusted publisher. npm asks for the
 * second factor at each package, so a person has to be at the terminal.
 *
 *   node scripts/release/reserve-names.ts [options for npm publish]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmWithTerminal, viewField } from "./npm.ts";
import { placeholder, readReleaseNames, repositoryRoot } from "./release-names.ts";

const options = process.argv.slice(2);
const { owner, repository, packages } = await readReleaseNames(repositoryRoot);
if (owner === placeholder) {
  throw new Error(`Put the account that holds the repository into release.json first.`);
}
for (const [folder, name] of Object.entries(packages)) {
  if ((await viewField(name, "version")) !== undefined) {
    console.log(
      `${name} exists. If "npm owner ls ${name}" does not name you, choose another name.`,
    );
  } else {
    await reserve(name, folder);
    console.log(`Reserved ${name}.`);
  }
}
console.log("\nThen make the release workflow the one that may publish, with npm 11.10 or newer:");
for (const name of Object.values(packages)) {
  console.log(
    `npm trust github ${name} --repo ${owner}/${repository} --file release.yml --env npm --allow-publish`,
  );
}

async function reserve(name: string, directory: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "reserve-"));
  const url = `git+https://github.com/${owner}/${repository}.git`;
  const manifest = {
    ...{ name, version: "0.0.0", license: "MIT" },
    description: "The first version is being released",
    repository: { type: "git", url, directory: `packages/${directory}` },
  };
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await npmWithTerminal("publish", folder, "--access", "public", ...options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
