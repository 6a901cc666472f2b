import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { placeFfmpeg } from "../media/playwright-ffmpeg.ts";
import { makeFolder } from "../start-service.ts";

const { resolve } = createRequire(import.meta.url);

/** A folder with tests of Playwright, as a team has them. */
export interface PlaywrightProject {
  folder: string;
  /** Runs `npx playwright <args>` there. */
  run(args: readonly string[], env: Record<string, string>): Promise<PlaywrightRun>;
}

interface PlaywrightRun {
  exitCode: number;
  /** All that it printed. */
  output: string;
}

/**
 * Writes a project, with Playwright and the reporter of this workspace installed by their names.
 *
 * @param config what its config has beside the browser, as source
 */
export async function makeProject(
  config: string,
  files: Record<string, string>,
): Promise<PlaywrightProject> {
  const { path: folder } = await makeFolder();
  for (const name of ["@playwright/test", "@clipcourier/playwright"]) {
    const place = join(folder, "node_modules", name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(dirname(resolve(`${name}/package.json`)), place, "junction");
  }
  const all = { ...files, "playwright.config.ts": configOf(config) };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const browsers = join(folder, ".browsers");
  await placeFfmpeg(browsers, resolve("playwright-core/package.json"));
  return {
    folder,
    run: (args, env) => runPlaywright(folder, args, { ...env, PLAYWRIGHT_BROWSERS_PATH: browsers }),
  };
}

const configOf = (config: string) => `
  import { defineConfig } from "@playwright/test";
  export default defineConfig({
    testDir: "tests",
    timeout: 120_000,
    use: {
      video: { mode: "on", size: { width: 320, height: 180 } },
      viewport: { width: 320, height: 180 },
      launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] },
    },
    ${config}
  });`;

function runPlaywright(
  folder: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<PlaywrightRun> {
  const cli = join(folder, "node_modules/@playwright/test/cli.js");
  const { PATH = "" } = process.env;
  const options = { cwd: folder, env: { PATH, HOME: folder, ...env }, maxBuffer: 2 ** 26 };
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) =>
      done({
        exitCode: typeof error?.code === "number" ? error.code : error ? -1 : 0,
        output: `${stdout}\n${stderr}`,
      }),
    );
  });
}
