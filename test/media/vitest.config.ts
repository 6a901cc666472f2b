import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

// These files need Debian's ffmpeg and Chromium, so they are not in the suite that needs only npm.
export default shareConfig("media", {
  root: join(import.meta.dirname, "../.."),
  include: ["test/media/*.media.ts", "packages/*/test/*.media.ts"],
  // They are for people: sheets.config.ts.
  exclude: ["test/media/sheets.media.ts"],
  globalSetup: join(import.meta.dirname, "prepare.ts"),
});
