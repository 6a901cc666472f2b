import { shareConfig } from "../../vitest.shared.ts";

// Needs Debian's Ceph packages, so these files are no part of the suite that needs npm alone.
export default shareConfig("ceph", {
  dir: import.meta.dirname,
  include: ["**/*.ceph.ts"],
  testTimeout: 120_000,
  // Each file starts an engine of its own.
  fileParallelism: false,
});
