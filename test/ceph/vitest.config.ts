import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// These files need Debian's Ceph packages, so they are not in the suite that needs only npm.
export default shareConfig("ceph", {
  root: join(import.meta.dirname, "../.."),
  include: ["test/ceph/*.ceph.ts", "packages/*/test/*.ceph.ts"],
  globalSetup: join(import.meta.dirname, "shared-ceph.ts"),
  // They share one engine, in memory.
  fileParallelism: false,
});
