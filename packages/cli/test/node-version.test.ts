import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { describeWrongNode } from "../src/node-version.js";
import { makeFolder, runCli } from "./run-cli.js";

test.each([
  ["20.20.2", false],
  ["22.18.0", false],
  ["22.19.0", true],
  ["23.9.0", false],
  ["24.2.0", false],
  ["24.3.0", true],
  ["27.0.0-nightly20260101", true],
])("Node.js %s will do: %s", (version, isEnough) => {
  expect(describeWrongNode(version) === undefined).toBe(isEnough);
});

test("with an old Node.js it says what to do, before anything is loaded", async () => {
  const pretend =
    'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';
  const options = { cwd: await makeFolder(), nodeOptions: ["--import", pretend] };
  const { code, stderr } = await runCli(["upload", "a.mp4"], options);
  expect(code).toBe(2);
  expect(stderr).toMatch(/does not run on Node\.js 20\.1\.0, only on \^22\.19 .* Install/);
});

test("--version and --help", async () => {
  const cwd = await makeFolder();
  const { version } = JSON.parse(
    await readFile(new URL("../package.json", import.meta.url), "utf8"),
  );
  expect(await runCli(["--version"], { cwd })).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
  const help = await runCli(["upload", "--help"], { cwd });
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("Exit codes:");
});
