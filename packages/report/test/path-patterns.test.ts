import { expect, test } from "vitest";
import { describePatternFault, matchPaths } from "../src/required/path-patterns.js";

const matches = (path: string, ...patterns: string[]) => matchPaths([path], patterns).length === 1;

test.each([
  ["src/ui", "src/ui/button.ts"],
  ["src/ui/", "src/ui/forms/field.ts"],
  // A submodule, or a file.
  ["src/ui", "src/ui"],
  ["src/ui/", "src/ui"],
  ["src/*/", "src/ui/forms/field.ts"],
  ["/src/ui/**", "src/ui/button.ts"],
  ["./src//ui/./**", "src/ui/button.ts"],
  [" src/ui/** ", "src/ui/button.ts"],
  ["/", "src/ui/button.ts"],
  [".", ".env"],
  ["src/**", "src/.hidden/.env"],
  ["{src,lib}/**", "lib/a.ts"],
  ["@(src|lib)/**", "lib/a.ts"],
  ["app/@(a|(shop))/**", "app/(shop)/page.tsx"],
  ["*.[jt]s", "a.ts"],
  ["src/[!u]*/**", "src/api/a.ts"],
])("%s finds %s", (pattern, path) => {
  expect(matches(path, pattern)).toBe(true);
});

// The names that frameworks give to folders and files.
test.each([
  "app/(shop)",
  "app/(shop)/(..)photo",
  "app/[slug]",
  "app/[post-id]",
  "app/[...slug]",
  "app/[[...slug]]",
  "app/@modal",
  "src/routes/+page.svelte",
  "app/routes/$id.tsx",
  "{{cookiecutter.slug}}",
  "src/c++",
  "src/a(1|2)",
])("%s finds itself and what is below it", (name) => {
  expect(matches(name, name)).toBe(true);
  expect(matches(`${name}/deep/page.tsx`, name)).toBe(true);
  expect(matches(`${name}/deep/page.tsx`, `${name}/**`)).toBe(true);
  expect(matches(`${name}/page.tsx`, `/${name}/*.tsx`)).toBe(true);
  expect(matches(`${name}/deep/page.tsx`, `${name}/*.tsx`)).toBe(false);
  expect(matches(`${name}/page.tsx`, "**", `!${name}`)).toBe(false);
});

test.each([
  ["src/ui", "src/ui2/button.ts"],
  ["src/ui", "lib/src/ui/button.ts"],
  ["*.ts", "src/a.ts"],
  ["src/*", "src/ui/a.ts"],
  ["src/[!u]*/**", "src/ui/a.ts"],
  ["app/(shop)/**", "app/shop/page.tsx"],
])("%s does not find %s", (pattern, path) => {
  expect(matches(path, pattern)).toBe(false);
});

test("what begins with ! excludes, and alone it means all others", () => {
  expect(matchPaths(["src/a.md", "src/a.ts", "src/a.ts"], ["src", "!**/*.md"])).toEqual([
    "src/a.ts",
  ]);
  expect(matches("lib/a.ts", "! /docs/")).toBe(true);
  expect(matches("docs/a.md", "! /docs/")).toBe(false);
  expect(matches("(docs)/a.md", "!(docs)/**")).toBe(false);
  expect(matches("src/a.ts", "!*")).toBe(true);
  expect(matches("a.ts", "!*/*")).toBe(true);
});

test.each([
  ["!", "is empty"],
  ["! ", "is empty"],
  [" ", "is empty"],
  ["!!src", "begins with more than one !"],
  ["src\\ui\\**", "has a backslash: write / between folders"],
  ['"src/ui/**"', "has quotes: write it without them"],
  ["!'src/ui/**'", "has quotes: write it without them"],
  ["../src/**", "has ..: write the path from the root of the repository"],
  ["src/{ui", "has a bracket that is not closed"],
  ["!/", "excludes everything"],
  ["!.", "excludes everything"],
  ["!./", "excludes everything"],
  ["!**", "excludes everything"],
  ["!/**/*", "excludes everything"],
])("%s is refused", (pattern, reason) => {
  const told = `takes no pattern such as "${pattern}", which ${reason}`;
  expect(describePatternFault(pattern)).toBe(told);
  expect(() => matchPaths([], [pattern])).toThrow(`matchPaths ${told}.`);
});
