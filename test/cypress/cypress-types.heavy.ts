import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runNpm } from "../run-npm.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

let project: string;

// The package of Cypress has its types. Its program is downloaded by an install script, from elsewhere.
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "clipcourier-cypress-"));
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  await runNpm(project, ["install", "--no-audit", "--no-fund", "--ignore-scripts", "cypress@15"]);
  const place = join(project, "node_modules/@clipcourier/cypress");
  await mkdir(dirname(place), { recursive: true });
  await symlink(dirname(require.resolve("@clipcourier/cypress/package.json")), place, "junction");
}, 300_000);
afterAll(() => rm(project, { recursive: true, force: true }));

/** What the compiler says of a `cypress.config.ts`. */
async function compile(config: string): Promise<string> {
  await writeFile(join(project, "cypress.config.ts"), config);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext"];
  const args = [tsc, ...options, "--skipLibCheck", "--types", "cypress", "cypress.config.ts"];
  return run(process.execPath, args, { cwd: project }).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const whole = `
import { clips } from "@clipcourier/cypress";
import { defineConfig } from "cypress";

export default defineConfig({
  video: true,
  e2e: {
    setupNodeEvents(on, config) {
      clips(on, config, { upload: "failed" });
    },
  },
});
`;

const inHandlers = `
import { createClipHandlers } from "@clipcourier/cypress";
import { defineConfig } from "cypress";

export default defineConfig({
  e2e: {
    setupNodeEvents(on, config) {
      const clips = createClipHandlers(config);
      on("after:spec", async (spec, results) => {
        await clips.afterSpec(spec, results);
      });
      on("after:run", async (results) => {
        await clips.afterRun(results);
      });
    },
  },
});
`;

test.each([
  ["the plugin", whole],
  ["its handlers", inHandlers],
])("a config with %s fits the types of Cypress", async (_, config) => {
  expect(await compile(config)).toBe("");
});

test("an option that there is not is an error", async () => {
  const wrong = whole.replace('upload: "failed"', 'upload: "some"');
  expect(await compile(wrong)).toContain(`Type '"some"' is not assignable to type`);
});
