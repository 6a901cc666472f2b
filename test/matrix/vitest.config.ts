import { shareConfig } from "../../vitest.shared.ts";

// Installs several versions of Node, so these files are no part of the suite that is run all the time.
export default shareConfig("matrix", {
  dir: import.meta.dirname,
  include: ["**/*.matrix.ts"],
  // A whole suite is one test.
  testTimeout: 900_000,
});
