import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTestTitles } from "./test-titles.ts";

const root = join(import.meta.dirname, "..");

test("each test that docs/security.md names is there, and runs", async () => {
  const text = await readFile(join(root, "docs/security.md"), "utf8");
  const named = [...text.matchAll(/`((?:packages|test)\/[^`]+\.ts)`: "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(20);
  for (const [, file = "", title = ""] of named) {
    expect(await readTestTitles(await readFile(join(root, file), "utf8")), file).toContain(title);
  }
});

test("each threat of its tables names a test", async () => {
  const text = await readFile(join(root, "docs/security.md"), "utf8");
  const rows = text
    .slice(text.indexOf("## Threats to the service"), text.indexOf("## What is left"))
    .split("\n")
    .filter((line) => /^\| (?!threat|---)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/`[^`]+\.ts`: "[^"]+" \|$/);
});

test("that the signing key lies in the store is said of what is left", async () => {
  const text = await readFile(join(root, "docs/security.md"), "utf8");
  const [, file = "nowhere"] = text.match(/^\| the service's signing key \| `([^`]+)`/m) ?? [];
  expect(text.slice(text.indexOf("## What is left"))).toContain(`\`${file}\``);
});

test("no test counts that is skipped, a comment, or a text of something else", async () => {
  const titles = await readTestTitles(`
    // it("comment", check);
    it("runs", async (context: TestContext) => check("argument"));
    describe(\`group\`, () => void test.skipIf(isWindows)("in a group", check));
    test.each([["row", 1], ["other row", 2]])("%s", check);
    describe.skip("skipped", () => void it("in skipped", check));
    it.skip("skipped test", check);
    it.skip.each(["skipped row"])("%s", check);
    it.skipIf(true)("always skipped", check);
    it.runIf(false)("never run", check);
    it("skipped by option", { skip: true }, check);
    test.todo("still to do");
    test.fails("known to fail", check);
  `);
  expect([...titles]).toEqual(["runs", "group", "in a group", "%s", "row", "other row"]);
});
