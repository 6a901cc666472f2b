/**
 * Publishes the tarballs of a folder on npm, in the order of `release.json`, and waits until npm gives
 * them out: the extension starts the command line by its name. What npm has already is left out, so
 * this can be run again after a failure; where npm has other bytes under this version, it fails.
 *
 *   node scripts/release/publish-packages.ts <folder> [options for npm publish]
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { npm, viewField } from "./npm.ts";
import { tarballName } from "./pack-packages.ts";
import { readReleaseNames, readVersion, repositoryRoot } from "./release-names.ts";
import { compareParts, partsOf } from "./versions.ts";

/** A package that `pack-packages.ts` has packed. */
interface Built {
  name: string;
  tarball: string;
}

const secondsToWait = 300;

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder that has the tarballs.");
const { packages } = await readReleaseNames(repositoryRoot);
const version = await readVersion(repositoryRoot);
const built = Object.values(packages).map((name): Built => {
  return { name, tarball: resolve(folder, tarballName({ name, version })) };
});

// All are looked at before one is published, so that no version is made of two commits.
const known = await Promise.all(built.map(isPublished));
for (const [index, { name, tarball }] of built.entries()) {
  if (known[index]) {
    console.log(`npm has ${name} ${version} already.`);
    continue;
  }
  await npm("publish", tarball, "--access", "public", "--tag", await chooseTag(name), ...options);
  console.log(`Published ${name} ${version}.`);
}
if (!options.includes("--dry-run")) await Promise.all(built.map(waitFor));

/** Whether npm has this version, made of the same bytes. */
async function isPublished({ name, tarball }: Built): Promise<boolean> {
  const published = await viewField(`${name}@${version}`, "dist.integrity");
  if (published === undefined) return false;
  const hash = createHash("sha512").update(await readFile(tarball));
  if (published === `sha512-${hash.digest("base64")}`) return true;
  throw new Error(
    `npm has ${name} ${version} with other bytes than ${tarball}, so it comes from another commit or ` +
      "another build. Run the failed jobs of the run that published it again, or release a higher version.",
  );
}

/** Only what is no release before the release, and not older, may become what `npm install` takes. */
async function chooseTag(name: string): Promise<string> {
  const own = partsOf(version);
  if (own === undefined) return "next";
  const latest = partsOf((await viewField(name, "dist-tags.latest")) ?? "");
  const isOlder = latest !== undefined && compareParts(own, latest) < 0;
  return isOlder ? `release-${own[0]}.${own[1]}` : "latest";
}

async function waitFor({ name }: Built): Promise<void> {
  for (let second = 0; second < secondsToWait; second += 5) {
    if ((await viewField(`${name}@${version}`, "version")) !== undefined) return;
    await setTimeout(5000);
  }
  throw new Error(
    `npm has taken ${name} ${version}, but does not give it out after ${secondsToWait} seconds. ` +
      "Run this job again when it does; what is published is left out.",
  );
}
