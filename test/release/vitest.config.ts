import { shareConfig } from "../../vitest.shared.ts";

// Publishes to a registry on loopback and installs from there, so these files are no part of the suite
// that is run all the time.
export default shareConfig("release", {
  dir: import.meta.dirname,
  include: ["**/*.release.ts"],
});
