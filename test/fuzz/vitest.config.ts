import { shareConfig } from "../../vitest.shared.ts";

// Thousands of cases each: a suite of its own, with `CLIPCOURIER_FUZZ_CASES` for more of them.
export default shareConfig("fuzz", {
  dir: import.meta.dirname,
  include: ["*.fuzz.ts"],
  testTimeout: 3_600_000,
  hookTimeout: 300_000,
});
