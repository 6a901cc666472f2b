/**
 * Publishes the tarballs of a folder on npm, in the order of `release.json`, and waits until npm gives
 * them out: the extension starts the command line by its name. What npm has already is left out, so
 * this can be run again after a failure.
 *
 *   node scripts/release/publish-packages.ts <folder> [options for npm publish]
 */
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isPublished, npm } from "./npm.ts";
import { tarballName } from "./pack-packages.ts";
import { readReleaseNames, readVersion, repositoryRoot } from "./release-names.ts";

const secondsToWait = 300;

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder that has the tarballs.");
const names = Object.values((await readReleaseNames(repositoryRoot)).packages);
const version = await readVersion(repositoryRoot);
// Only what is no release before the release may become what `npm install` takes.
const tag = version.includes("-") ? "next" : "latest";

const known = await Promise.all(names.map((name) => isPublished(name, version)));
for (const [index, name] of names.entries()) {
  if (known[index]) {
    console.log(`npm has ${name} ${version} already.`);
    continue;
  }
  const tarball = resolve(folder, tarballName({ name, version }));
  await npm("publish", tarball, "--access", "public", "--tag", tag, ...options);
  console.log(`Published ${name} ${version}.`);
}
if (!options.includes("--dry-run")) await Promise.all(names.map(waitFor));

async function waitFor(name: string): Promise<void> {
  for (let second = 0; second < secondsToWait; second += 5) {
    if (await isPublished(name, version)) return;
    await setTimeout(5000);
  }
  throw new Error(
    `npm has taken ${name} ${version}, but does not give it out after ${secondsToWait} seconds. ` +
      "Run this job again when it does; what is published is left out.",
  );
}
