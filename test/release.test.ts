import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { majorTag, npmRange } from "../scripts/release/release-names.ts";
import { root } from "./action/action-definition.ts";
import { read } from "./examples/example-files.ts";
import { ownAction } from "./examples/own-names.ts";
import { runNode } from "./run-node.ts";

const script = join(root, "scripts/release/fill-names.ts");
const names = JSON.parse(read("release.json"));

describe("what release.json says", () => {
  /** A folder with every file that states where the repository is. */
  async function copyFiles(changes: object, version?: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "clipcourier-names-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const order = ["grep", "-lF", "-e", ownAction, "-e", "npx --yes", "-e", "npx -y"];
    const { stdout } = await promisify(execFile)("git", order, { cwd: root });
    const paths = [...stdout.trim().split("\n"), "packages/action/package.json"];
    for (const path of paths.filter((each) => !/^(test|scripts)\/|\/dist\//.test(each))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await cp(join(root, path), join(folder, path));
    }
    await writeFile(join(folder, "release.json"), JSON.stringify({ ...names, ...changes }));
    if (version !== undefined) {
      await writeFile(join(folder, "packages/action/package.json"), JSON.stringify({ version }));
    }
    return folder;
  }
  const fill = (folder: string) => runNode([script, "fill", folder]);
  const check = (folder: string) => runNode([script, "check", folder]);

  test("is what all files of this repository say", async () => {
    expect(await runNode([script, "check"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is not released while the owner is the placeholder, and the message says what to do", async () => {
    const folder = await copyFiles({ owner: "OWNER" });
    await fill(folder);
    expect(await check(folder)).toMatchObject({ code: 0 });
    const { code, stderr } = await runNode([script, "release", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain('release.json has the placeholder OWNER as "owner". Put the account');
  });

  test("is filled into every file that names the repository", async () => {
    const folder = await copyFiles({ owner: "octo-clips", repository: "courier", publisher: "oc" });
    const refused = await check(folder);
    expect(refused.code).toBe(1);
    const complained = refused.stderr.match(/^\S+(?= does not say what release\.json)/gm);
    expect(complained).toEqual(
      expect.arrayContaining(["README.md", "examples/oidc.yml", "packages/vscode/package.json"]),
    );

    expect(await fill(folder)).toMatchObject({ code: 0, stderr: "" });
    expect(await check(folder)).toMatchObject({ code: 0, stderr: "" });
    expect(await runNode([script, "release", folder])).toMatchObject({ code: 0, stderr: "" });
    for (const path of complained ?? []) {
      expect(await readFile(join(folder, path), "utf8"), path).not.toContain(ownAction);
    }
    const extension = JSON.parse(
      await readFile(join(folder, "packages/vscode/package.json"), "utf8"),
    );
    expect(extension).toMatchObject({
      publisher: "oc",
      repository: { url: "https://github.com/octo-clips/courier", directory: "packages/vscode" },
      homepage: "https://github.com/octo-clips/courier/tree/HEAD/packages/vscode#readme",
      bugs: "https://github.com/octo-clips/courier/issues",
      vsce: { baseContentUrl: "https://github.com/octo-clips/courier/blob/HEAD/packages/vscode" },
    });
  });

  test("and the version say which tag and which range people are told", async () => {
    const folder = await copyFiles({ owner: "octo-clips" }, "3.4.5");
    await fill(folder);
    const readme = await readFile(join(folder, "README.md"), "utf8");
    expect(readme).toContain("uses: octo-clips/clipcourier@v3\n");
    const pipeline = await readFile(join(folder, "examples/gitlab-ci.yml"), "utf8");
    expect(pipeline.match(/clipcourier@\S+/g)).toEqual(["clipcourier@3", "clipcourier@3"]);
    const extension = await readFile(join(folder, "packages/vscode/package.json"), "utf8");
    expect(extension).toContain('"clipcourier@3"');
  });

  test("is compared with the names of the packages, which stand in imports too", async () => {
    const folder = await copyFiles({ packages: { ...names.packages, core: "@other/core" } });
    const { code, stderr } = await check(folder);
    expect([code, stderr]).toEqual([
      1,
      "packages/core/package.json has the name @clipcourier/core, where release.json has @other/core.\n",
    ]);
  });

  test("has to be there", async () => {
    const folder = await copyFiles({ owner: "octo clips" });
    const { code, stderr } = await check(folder);
    expect(code).toBe(1);
    expect(stderr).toContain('release.json has no "owner" of letters');
  });

  test("lists every package that is not private, after those that it depends on", () => {
    const manifests = globSync("packages/*/package.json", { cwd: root });
    const published = manifests.filter((path) => !JSON.parse(read(path)).private);
    const folders = Object.keys(names.packages);
    expect(folders.toSorted()).toEqual(published.map((path) => basename(dirname(path))).sort());
    for (const [index, folder] of folders.entries()) {
      const { dependencies = {} } = JSON.parse(read(`packages/${folder}/package.json`));
      const before = folders.slice(0, index).map((each) => names.packages[each]);
      const ours = Object.values(names.packages);
      const needed = Object.keys(dependencies).filter((name) => ours.includes(name));
      expect(before).toEqual(expect.arrayContaining(needed));
    }
  });
});

test.each([
  ["0.1.0", "v0", "0.1"],
  ["0.12.3", "v0", "0.12"],
  ["1.0.0-beta.1", "v1", "1"],
  ["12.3.4", "v12", "12"],
])("version %s is followed by the tag %s, and asked for as %s", (version, tag, range) => {
  expect([majorTag(version), npmRange(version)]).toEqual([tag, range]);
});

test.each(Object.keys(names.packages))(
  "%s names the repository, which npm compares with where it was built",
  (folder) => {
    const { repository } = JSON.parse(read(`packages/${folder}/package.json`));
    const { owner, repository: name } = names;
    expect(repository).toEqual({
      type: "git",
      url: `git+https://github.com/${owner}/${name}.git`,
      directory: `packages/${folder}`,
    });
  },
);

interface Job {
  environment?: string;
  concurrency?: unknown;
  needs?: string | string[];
  steps: { run?: string }[];
}

describe("the workflow that releases", () => {
  const text = read(".github/workflows/release.yml");
  const workflow: { concurrency?: unknown; jobs: Record<string, Job> } = parse(text);
  const { jobs } = workflow;
  const needsOf = (name: string): string[] => [jobs[name]?.needs ?? []].flat();

  test("looks at the names before anything is published", () => {
    const runs = jobs.check?.steps.map(({ run }) => run);
    expect(runs).toContain("node scripts/release/fill-names.ts release");
    expect(needsOf("pack")).toContain("check");
    expect(needsOf("npm")).toEqual(["pack"]);
  });

  test("drops no release that waits: only a newer pull request takes an older one's place", () => {
    expect(workflow.concurrency).toBeUndefined();
    const grouped = Object.keys(jobs).filter((name) => jobs[name]?.concurrency !== undefined);
    expect(grouped).toEqual(["raise-versions", "open-pull-request"]);
  });

  test("publishes the extension after the packages that it starts", () => {
    for (const name of ["marketplace", "open-vsx"]) expect(needsOf(name)).toEqual(["npm"]);
  });

  test("raises what the documents say together with the versions", () => {
    const runs = jobs["raise-versions"]?.steps.map(({ run }) => run) ?? [];
    const [raise, fill] = ["changeset version", "fill-names.ts fill"].map((text) =>
      runs.findIndex((run) => run?.endsWith(text)),
    );
    expect(raise).toBeGreaterThan(0);
    expect(fill).toBe((raise ?? 0) + 1);
  });

  test("is described job by job, with what has to be set up for it", () => {
    const page = read("docs/releasing.md");
    const table = page.slice(page.indexOf("| job |")).match(/^\| `.*? \|/gm) ?? [];
    const described = table.flatMap((row) => row.match(/(?<=`)[\w-]+(?=`)/g));
    expect(described.sort()).toEqual(Object.keys(jobs).sort());
    const environments = Object.values(jobs).flatMap(({ environment }) => environment ?? []);
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(secrets.length).toBeGreaterThan(0);
    for (const name of [...environments, ...secrets]) expect(page).toContain(`\`${name}\``);
  });
});

test("Dependabot looks after what is installed and after the actions, in groups", () => {
  const { updates } = parse(read(".github/dependabot.yml"));
  const looked = updates.map((update: Record<string, unknown>) => [
    update["package-ecosystem"],
    update.directory,
    Object.keys(update.groups ?? {}).length,
  ]);
  expect(looked).toEqual([
    ["npm", "/", 1],
    ["github-actions", "/", 1],
  ]);
});

test("vulnerabilities are reported to this repository, in private", () => {
  const page = `https://github.com/${ownAction}/security/advisories/new`;
  expect(read("SECURITY.md")).toContain(page);
});
