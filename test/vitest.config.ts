import { availableParallelism } from "node:os";
import type { ViteUserConfig } from "vitest/config";
import { shareConfig } from "../vitest.shared.ts";

const config: ViteUserConfig = {
  ...shareConfig("test", {
    include: ["**/*.test.ts"],
    // The longest suite, which goes on when the others have ended.
    maxWorkers: Math.max(4, availableParallelism()),
    // They import JSON as a bundler takes it, which Node does not.
    server: { deps: { inline: [/@actions[/+](languageservice|workflow-parser|expressions)/] } },
  }),
  // Else a line for each of their files, whose source maps lead nowhere.
  logLevel: "error",
};

export default config;
