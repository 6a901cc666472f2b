import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// For people who look at the sheets, which CI does not.
export default shareConfig("sheets", {
  root: join(import.meta.dirname, "../.."),
  include: ["test/media/sheets.media.ts"],
  globalSetup: join(import.meta.dirname, "prepare.ts"),
});
