import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * The settings that all packages test with. Where `CLIPCOURIER_REPORTS` names a folder, a report
 * for programs is written there: what `.ci/run` counts.
 */
export function shareConfig(name: string, test: ViteUserConfig["test"] = {}): ViteUserConfig {
  const folder = process.env.CLIPCOURIER_REPORTS;
  return defineConfig({
    test: {
      // They wait more than they work: two at least, also on a small machine.
      maxWorkers: Math.max(2, availableParallelism() - 1),
      // With more processes than cores, threads of the garbage collector wait for each other.
      execArgv: ["--single-threaded-gc"],
      // Longer than any pause of a busy machine: what is waited for comes, or the test is right.
      testTimeout: 240_000,
      hookTimeout: 240_000,
      expect: { poll: { timeout: 120_000 } },
      reporters: folder
        ? ["default", ["json", { outputFile: join(folder, `${name}.json`) }]]
        : ["default"],
      ...test,
    },
  });
}
