import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };
import { root } from "./action/action-definition.ts";
import { read } from "./examples/example-files.ts";
import { runNode } from "./run-node.ts";

const script = join(root, "scripts", "repository-links.ts");

describe("the account that holds the repository", () => {
  const rootManifest = (owner: string) =>
    JSON.stringify({ repository: { url: `git+https://github.com/${owner}/clipcourier.git` } });

  /** A folder with a few of the files that hold the account. */
  async function makeRepository(owner: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "clipcourier-links-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const path of ["README.md", "examples/oidc.yml", "packages/vscode/package.json"]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await cp(join(root, path), join(folder, path));
    }
    await writeFile(join(folder, "package.json"), rootManifest(owner));
    return folder;
  }

  test("is the same in all files of this repository", async () => {
    const { stderr } = await runNode([script, "check"]);
    const complaints = stderr.split("\n").filter((line) => line !== "");
    expect(
      complaints.filter((line) => !line.startsWith("package.json has the placeholder")),
    ).toEqual([]);
  });

  test("is refused while it is the placeholder, and the message says what to do", async () => {
    const folder = await makeRepository("OWNER");
    await runNode([script, "fill", folder]);
    const { code, stderr } = await runNode([script, "check", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain('package.json has the placeholder OWNER in "repository"');
  });

  test("is refused where files name another one, until it is filled in", async () => {
    const folder = await makeRepository("octo-clips");
    const refused = await runNode([script, "check", folder]);
    expect(refused.code).toBe(1);
    expect(
      refused.stderr.match(/^\S+(?= names another account than octo-clips)/gm)?.sort(),
    ).toEqual(["README.md", "examples/oidc.yml", "packages/vscode/package.json"]);

    expect(await runNode([script, "fill", folder])).toMatchObject({ code: 0, stderr: "" });
    expect(await runNode([script, "check", folder])).toMatchObject({ code: 0, stderr: "" });
    const extension = await readFile(join(folder, "packages/vscode/package.json"), "utf8");
    expect(extension.match(/github\.com\/octo-clips\/clipcourier\b/g)).toHaveLength(3);
    const readme = await readFile(join(folder, "README.md"), "utf8");
    expect(readme).toContain("uses: octo-clips/clipcourier@v1");
  });

  test("must be there", async () => {
    const folder = await makeRepository("octo-clips");
    await writeFile(join(folder, "package.json"), "{}");
    const { code, stderr } = await runNode([script, "check", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain('has no "repository"');
  });
});

test.each(["batch", "cli", "core", "report", "service", "vscode-api"])(
  "%s names the repository, which npm compares with where it was built",
  async (name) => {
    const { repository } = JSON.parse(read(`packages/${name}/package.json`));
    expect(repository).toEqual({ ...manifest.repository, directory: `packages/${name}` });
  },
);

interface Job {
  needs?: string | string[];
  steps: { run?: string }[];
}

describe("the workflow that releases", () => {
  const text = read(".github/workflows/release.yml");
  const { jobs }: { jobs: Record<string, Job> } = parse(text);
  const needsOf = (name: string): string[] => [jobs[name]?.needs ?? []].flat();

  test("looks at the links before anything is published", () => {
    const runs = jobs.check?.steps.map(({ run }) => run);
    expect(runs).toContain("node scripts/repository-links.ts check");
    for (const name of ["npm", "package-extension"]) expect(needsOf(name)).toContain("check");
  });

  test("publishes the extension after the packages that it starts", () => {
    expect(needsOf("publish-extension").sort()).toEqual(["npm", "package-extension"]);
  });

  test("takes vsce from the workspace alone", () => {
    expect(text).toContain("exec vsce publish");
    expect(text).not.toContain("@vscode/vsce");
  });
});
