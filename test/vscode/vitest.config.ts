import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// Needs a real VS Code and a browser, so these files are no part of the suite that needs npm alone.
export default shareConfig("vscode", {
  dir: import.meta.dirname,
  include: ["**/*.vscode.ts"],
  globalSetup: join(import.meta.dirname, "prepare.ts"),
  testTimeout: 90_000,
  hookTimeout: 60_000,
  // A window on a busy machine takes its time.
  expect: { poll: { timeout: 20_000 } },
  // Each file starts an editor and a browser of its own.
  fileParallelism: false,
});
