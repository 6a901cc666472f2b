import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("each test that docs/security.md names is there", async () => {
  const text = await readFile(join(root, "docs/security.md"), "utf8");
  const named = [...text.matchAll(/`((?:packages|test)\/[^`]+\.ts)`: "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(20);
  for (const [, file = "", title = ""] of named) {
    expect(await readFile(join(root, file), "utf8"), file).toContain(title);
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
