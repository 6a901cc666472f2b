import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// These files need a real VS Code and a browser, so they are not in the suite that needs only npm.
export default shareConfig("vscode", {
  dir: import.meta.dirname,
  include: ["**/*.vscode.ts"],
  globalSetup: join(import.meta.dirname, "prepare.ts"),
  testTimeout: 90_000,
  hookTimeout: 60_000,
  // On a busy machine a window reacts slowly.
  expect: { poll: { timeout: 20_000 } },
  // Each file starts an editor and a browser of its own.
  fileParallelism: false,
});
