import { defineConfig } from "vitest/config";

// Needs Debian's Ceph packages, so these files are no part of the suite that needs npm alone.
export default defineConfig({
  test: { dir: import.meta.dirname, include: ["**/*.ceph.ts"], testTimeout: 120_000 },
});
