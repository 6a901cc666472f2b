/**
 * Changes the code in small ways and runs the tests that should notice: `pnpm test:mutation
 * [TARGET…] [--file PART-OF-A-PATH] [--lanes N] [--list]`. The targets are in `targets.ts`. The figures
 * go into `results.json` and `results.md` beside this file; what each mutant was, and which test
 * killed it, into an HTML page for each target in `.cache/mutation/`.
 */
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { keepResults, type MutationResult } from "./results.ts";
import { findTarget, listNames, type Target, targets } from "./targets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: "string" },
    lanes: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
  },
});

const root = resolve(import.meta.dirname, "../..");
const cache = ".cache/mutation";

if (values.list) console.log(listNames());
else {
  process.chdir(root);
  const chosen = positionals.length > 0 ? positionals.map(findTarget) : targets;
  for (const target of chosen) await run(target);
}

async function run(target: Target): Promise<void> {
  const files = globSync([...target.mutate], { cwd: root })
    .filter((file) => file.includes(values.file ?? ""))
    .sort();
  if (files.length === 0) return;
  // The processes that run the tests read their configuration by it.
  process.env.CLIPCOURIER_MUTATION_TARGET = target.name;
  const mutants: MutationResult[] = await new Stryker({
    mutate: files,
    // Texts are for people: tests that repeat each of them would protect nobody.
    mutator: { excludedMutations: ["StringLiteral"] },
    testRunner: "vitest",
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner"))],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    concurrency: Number(values.lanes),
    // A slow run on a busy machine is no killed mutant.
    timeoutMS: 60_000,
    timeoutFactor: 5,
    dryRunTimeoutMinutes: 15,
    tempDirName: `${cache}/sandbox`,
    cleanTempDir: "always",
    // The sandbox is a copy of the repository, in which packages come from its `node_modules`.
    ignorePatterns: ["/.cache", "/bench", "/packages/*/dist"],
    reporters: ["progress-append-only", "clear-text", "html", "json"],
    clearTextReporter: { logTests: false, allowColor: false, allowEmojis: false },
    htmlReporter: { fileName: join(cache, `${target.name}.html`) },
    jsonReporter: { fileName: join(cache, `${target.name}.json`) },
  }).runMutationTest();
  await keepResults(target.name, files, mutants);
}
