import { defineConfig } from "vitest/config";
import { findTarget } from "./targets.ts";

// Many mutants wait for ever. Long enough for a busy machine, and short enough to get through them.
const patience = 30_000;

export default defineConfig({
  test: {
    include: [...findTarget(process.env.CLIPCOURIER_MUTATION_TARGET).tests],
    testTimeout: patience,
    hookTimeout: patience,
    expect: { poll: { timeout: patience } },
  },
});
