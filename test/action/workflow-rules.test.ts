import { expect, test } from "vitest";
import { githubExamples, ownWorkflows, read, readWorkflow } from "../examples/example-files.ts";
import { audit, rulesForAll, rulesForOwn } from "./workflow-rules.ts";

test.each(githubExamples)("%s keeps to the rules", (path) => {
  expect(audit(read(path), rulesForAll)).toEqual({});
});

test("the example for Forgejo keeps to the rules, but for permissions, which Forgejo has not", () => {
  const { "says what it may do": _, ...rules } = rulesForAll;
  expect(audit(read("examples/forgejo.yml"), rules)).toEqual({});
});

test.each(ownWorkflows)(
  "%s keeps to the rules, and to those of a workflow with secrets",
  (path) => {
    expect(audit(read(path), { ...rulesForAll, ...rulesForOwn })).toEqual({});
  },
);

test("the jobs of this repository that may write are these", () => {
  const writers = ownWorkflows.flatMap((path) =>
    Object.entries(readWorkflow(path).jobs).flatMap(([name, { permissions = {} }]) => {
      const writes = Object.keys(permissions).filter((key) => permissions[key] === "write");
      return writes.length > 0 ? [[name, writes.sort()]] : [];
    }),
  );
  expect(Object.fromEntries(writers)).toEqual({
    "open-pull-request": ["contents", "pull-requests"],
    npm: ["id-token"],
    marketplace: ["id-token"],
    "open-vsx": ["id-token"],
    tag: ["contents"],
  });
});

/** A workflow in which everything is wrong. */
const wrong = `on: [pull_request_target, workflow_run]
permissions: write-all
jobs:
  publish:
    permissions: { contents: write }
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - uses: actions/setup-node@v7
      - run: npx -y vsce@3 publish "\${{ github.event.pull_request.title }}"
        env: { VSCE_PAT: "\${{ secrets.VSCE_PAT }}" }
`;

test.each(Object.keys({ ...rulesForAll, ...rulesForOwn }))("what %s is not is found", (name) => {
  expect(Object.keys(audit(wrong, { ...rulesForAll, ...rulesForOwn }))).toContain(name);
});
