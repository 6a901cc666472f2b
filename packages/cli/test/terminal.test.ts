import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

const name = "out-日本語の動画ファイルの名前はとても長い😀🎬.mp4";

/** Uploads in a terminal of this width and lists the clips; gives the lines of both. */
async function useTerminal(columns: number) {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, name), randomBytes(6 * 1024 * 1024));
  const run = async (...args: string[]) => {
    const options = { cwd, columns, env: { ...env, TERM: "xterm-256color" } };
    const { stdout } = await runCli(args, options);
    // The bar is drawn again and again from the start of its line.
    const text = stripVTControlCharacters(stdout.replaceAll("\u001b[1G", "\n"));
    return text.split(/[\r\n]+/).filter((line) => line !== "");
  };
  return { drawn: await run("upload", name), table: await run("clips", "list") };
}

// On other systems, `script` takes other options.
test.skipIf(process.platform !== "linux").each([40, 80, 120])(
  "a terminal of %i columns has room for the bar, the name and the table",
  async (columns) => {
    const { drawn, table } = await useTerminal(columns);
    const bars = drawn.filter((line) => /[█░]/.test(line));
    expect(bars.length).toBeGreaterThan(0);
    for (const bar of bars) {
      expect(bar).toMatch(/^\S*い😀🎬\.mp4 {2}█*░* +\d+ %/u);
      expect(stringWidth(bar)).toBeLessThanOrEqual(columns);
    }
    expect(table[0]).toMatch(/^id .*name/);
    expect(table[1]).toContain("out-日本");
    for (const line of table) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  },
);
