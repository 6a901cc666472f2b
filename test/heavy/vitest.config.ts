import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// What takes long, or measures: each file has the machine for itself.
export default shareConfig("heavy", {
  dir: join(import.meta.dirname, "../.."),
  include: ["test/**/*.heavy.ts", "packages/*/test/*.heavy.ts"],
  testTimeout: 300_000,
  hookTimeout: 300_000,
  fileParallelism: false,
});
