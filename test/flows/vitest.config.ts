import { availableParallelism } from "node:os";
import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// What goes a whole way, through programs, faults and services that are started again. Each of these
// files takes many seconds of computing, which `pnpm test` does not have.
export default shareConfig("flows", {
  root: join(import.meta.dirname, "../.."),
  include: ["test/**/*.flow.ts", "packages/*/test/*.flow.ts"],
  // They wait for each other's programs: more than there are cores.
  maxWorkers: Math.max(4, availableParallelism()),
});
