import { globSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../action/action-definition.ts";
import { actionMajors } from "./action-majors.ts";
import { read } from "./example-files.ts";

const majors: Record<string, number> = actionMajors.majors;

/** Every `uses:` of a text, as `owner/name` and the major version. */
function findUses(text: string): { action: string; major: number }[] {
  // Pinned by its version, or by a commit with the version behind it.
  const uses = text.matchAll(
    /^\s*(?:- )?uses: ([\w-]+\/[\w-]+)@(?:v(\d+)|[0-9a-f]{40} # v(\d+)\.\d+\.\d+)(?:\s|$)/gm,
  );
  return [...uses].map(([, action = "", tag, pinned]) => ({
    action,
    major: Number(tag ?? pinned),
  }));
}

/** Those that `findUses` must find, whatever they are pinned to. */
const countUses = (text: string) => [...text.matchAll(/^\s*(?:- )?uses: (?!\.\/)/gm)].length;

const documents = ["README.md", "CONTRIBUTING.md", "docs/*.md", "packages/*/README.md"];
const paths = [
  ...globSync(["examples/*.yml", ".github/workflows/*.yml", ...documents], { cwd: root }),
].map((path) => path.replaceAll("\\", "/"));
const withUses = paths.filter((path) => countUses(read(path)) > 0).sort();

test("the files that use actions are found", () => {
  expect(withUses).toEqual(
    expect.arrayContaining([
      ".github/workflows/release.yml",
      "README.md",
      "docs/action.md",
      "examples/forgejo.yml",
    ]),
  );
});

test.each(withUses)("%s uses no older major version than the table", (path) => {
  const uses = findUses(read(path));
  expect(uses.length).toBe(countUses(read(path)));
  for (const { action, major } of uses) {
    expect(majors, `add ${action} to the table`).toHaveProperty([action]);
    expect(major, action).toBeGreaterThanOrEqual(majors[action] ?? 0);
  }
});

test("an older version is found", () => {
  const old = `steps:\n  - uses: actions/checkout@v4\n  - uses: actions/a@${"0".repeat(40)} # v3.1.0`;
  expect(findUses(old)).toEqual([
    { action: "actions/checkout", major: 4 },
    { action: "actions/a", major: 3 },
  ]);
});

test("the table has no action that nothing uses", () => {
  const used = withUses.flatMap((path) => findUses(read(path)).map(({ action }) => action));
  expect([...new Set(used)].sort()).toEqual(Object.keys(majors).sort());
});
