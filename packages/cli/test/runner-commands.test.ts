import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

const names = ["##[stop-commands]x.mp4", " \u00a0::stop-commands::x.mp4", "::stop-commands::x.mp4"];

/** The lines in which a runner of GitHub finds a command: it trims a line before it looks for `::`. */
function findCommands({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
  const lines = `${stdout}\n${stderr}`.split(/\r\n|\r|\n/);
  return lines.filter((line) => line.includes("##[") || line.trim().startsWith("::"));
}

async function prepare() {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  for (const name of names) await writeFile(path.join(cwd, name), randomBytes(100));
  const run = (args: string[], more: Record<string, string> = {}) =>
    runCli(args, { cwd, env: { ...env, GITHUB_ACTIONS: "true", ...more } });
  return { cwd, run };
}

// Windows has no such names.
describe.skipIf(process.platform === "win32")("the name of a file is no command", () => {
  test("for a runner, in what is printed for people", async () => {
    const { run } = await prepare();
    const uploaded = await run(["upload", "--verbose", "*.mp4"]);
    expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringContaining("\n  id ") });
    expect(uploaded.stdout).toContain("# #[stop-commands]x.mp4: uploaded");
    expect(uploaded.stderr).toContain("\n: :stop-commands::x.mp4: 100 bytes\n");
    const listed = await run(["clips", "list"]);
    expect(listed.stdout).toContain("# #[stop-commands]x.mp4");
    const failed = await run(["upload", "*.mp4"], { CLIPCOURIER_APP_SECRET: "wrong" });
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("stop-commands") });
    const missing = await run(["upload", "\n##[error]no.mp4"]);
    expect(missing.stderr).toContain("# #[error]no.mp4");
    const misread = await run(["upload", "--\n ::stop-commands::x.mp4\n##[error]"]);
    expect(misread).toMatchObject({ code: 2, stderr: expect.stringContaining("stop-commands") });
    for (const result of [uploaded, listed, failed, missing, misread])
      expect(findCommands(result)).toEqual([]);
  });

  test("for a runner, in JSON, which tells the names as they are", async () => {
    const { run } = await prepare();
    const uploaded = await run(["upload", "--json", "*.mp4"]);
    expect(findCommands(uploaded)).toEqual([]);
    const { clips } = JSON.parse(uploaded.stdout);
    expect(clips.map(({ file }: { file: string }) => file).sort()).toEqual([...names].sort());
  });

  test("elsewhere, where it is printed as it is", async () => {
    const { run } = await prepare();
    const result = await run(["upload", "*.mp4"], { GITHUB_ACTIONS: "" });
    // Which of the files is done first is open.
    expect(result.stdout).toMatch(/^::stop-commands::x\.mp4: uploaded/m);
    expect(result.stderr).toContain("##[stop-commands]x.mp4: 100 bytes\n");
  });
});
