import { shareConfig } from "../../vitest.shared.ts";

// These files need Debian's Ceph packages, so they are not in the suite that needs only npm.
export default shareConfig("ceph", {
  dir: import.meta.dirname,
  include: ["**/*.ceph.ts"],
  testTimeout: 120_000,
  // Each file starts an engine of its own.
  fileParallelism: false,
});
