import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRefused } from "../../scripts/release/list-dependencies.ts";
import { root } from "../action/action-definition.ts";
import { runNode } from "../run-node.ts";

const script = join(root, "scripts/release/list-dependencies.ts");

test("docs/dependencies.md lists what is installed, and every licence is allowed", async () => {
  const { HOME = "", npm_execpath = "" } = process.env;
  const { code, stderr } = await runNode([script, "check"], { HOME, npm_execpath });
  expect([code, stderr]).toEqual([0, ""]);
});

test("everything whose licence a bundle holds is listed", async () => {
  const page = await readFile(join(root, "docs/dependencies.md"), "utf8");
  const listed = (product: string) =>
    [...page.matchAll(/^\| (\S+) \| [^|]+ \| ([^|]+) \|$/gm)]
      .filter(([, , users]) => users?.split(", ").includes(product))
      .map(([, name]) => name);
  const extension = await readFile(join(root, "packages/vscode/dist/licenses.txt"), "utf8");
  const bundled = extension.split("\n----\n\n").map((text) => text.split(" ")[0]);
  // Two versions of one package can be in it.
  expect(listed("the extension")).toEqual([...new Set(bundled)].sort());
  const action = await readFile(join(root, "packages/action/dist/licenses.txt"), "utf8");
  // A name, and its licence on the next line.
  const entries = [
    ...action.matchAll(/^(@?[\w./-]+)\n(?:MIT|ISC|Apache-2\.0|[\w.-]+-\d[\w.-]*)\n/gm),
  ];
  const names = entries.map(([, name = ""]) => name);
  expect(listed("the action")).toEqual(
    names.filter((name) => !name.startsWith("@clipcourier/")).sort(),
  );
});

test("another licence is refused, with the package and what contains it", () => {
  const dependencies = [
    { name: "a", licence: "MIT", bytes: 1 },
    { name: "b", licence: "GPL-3.0-only", bytes: 1 },
    { name: "c", licence: "Unknown", bytes: 1 },
  ];
  expect(findRefused([{ name: "clipcourier", dependencies }])).toEqual([
    "clipcourier contains b, which is under GPL-3.0-only.",
    "clipcourier contains c, which is under Unknown.",
  ]);
});
