import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import release from "../../release.json" with { type: "json" };
import { root } from "../action/action-definition.ts";
import { runNode } from "../run-node.ts";
import { runNpm } from "../run-npm.ts";
import { makeFolder } from "../start-service.ts";
import { type Registry, startRegistry } from "./registry.ts";

const names = [release.packages.core, release.packages.cli];

let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
  onTestFinished(() => registry.stop());
});

/** A checkout of this version, with a tarball of each package; `content` is what a commit changes. */
async function build(version: string, content = "") {
  const { path } = await makeFolder();
  await cp(join(root, "scripts/release"), join(path, "scripts/release"), { recursive: true });
  const packages = { core: names[0], cli: names[1] };
  await writeFile(join(path, "release.json"), JSON.stringify({ ...release, packages }));
  await mkdir(join(path, "packages/action"), { recursive: true });
  await writeFile(join(path, "packages/action/package.json"), JSON.stringify({ version }));
  for (const name of names) {
    const manifest = { name, version, type: "module", description: content };
    await writeFile(join(path, "package.json"), JSON.stringify(manifest));
    await runNpm(path, ["pack"]);
  }
  return path;
}

const publish = (folder: string) =>
  runNode([join(folder, "scripts/release/publish-packages.ts"), folder], registry.env);

async function tagsOf(name = names[0] ?? ""): Promise<Record<string, string>> {
  const answer = await fetch(new URL(name.replace("/", "%2f"), registry.url));
  const packument = (await answer.json()) as { "dist-tags": Record<string, string> };
  return packument["dist-tags"];
}

test("npm install takes the newest version, whatever is corrected or tried after it", async () => {
  const releases = [
    ["1.9.0", { latest: "1.9.0" }],
    ["1.10.0", { latest: "1.10.0" }],
    ["1.9.1", { "release-1.9": "1.9.1" }],
    ["1.11.0-beta.1", { next: "1.11.0-beta.1" }],
    ["1.10.1", { latest: "1.10.1" }],
  ] as const;
  let expected = {};
  for (const [version, tags] of releases) {
    expect(await publish(await build(version))).toMatchObject({ code: 0, stderr: "" });
    expected = { ...expected, ...tags };
    for (const name of names) expect(await tagsOf(name)).toEqual(expected);
  }
});

describe("a release that was broken off", () => {
  /** Publishes the first package alone, as when npm refuses the second. */
  async function breakOff(version: string) {
    const folder = await build(version, "the commit of the release");
    const second = join(folder, `clipcourier-${version}.tgz`);
    await cp(second, `${second}.away`);
    await rm(second);
    expect((await publish(folder)).code).toBe(1);
    await cp(`${second}.away`, second);
    return folder;
  }

  test("goes on with what is missing", async () => {
    const { code, stdout } = await publish(await breakOff("1.0.0"));
    expect([code, stdout]).toEqual([
      0,
      `npm has ${names[0]} 1.0.0 already.\nPublished ${names[1]} 1.0.0.\n`,
    ]);
  });

  test("is not made whole from another commit", async () => {
    await breakOff("1.0.0");
    const { code, stdout, stderr } = await publish(await build("1.0.0", "a later commit"));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`npm has ${names[0]} 1.0.0 with other bytes than `);
    const { status } = await fetch(new URL(names[1] ?? "", registry.url));
    expect(status).toBe(404);
  });
});
