import { shareConfig } from "../vitest.shared.ts";

export default shareConfig("test", {
  include: ["**/*.test.ts"],
  // They import JSON as a bundler takes it, which Node does not.
  server: { deps: { inline: [/@actions[/+](languageservice|workflow-parser|expressions)/] } },
});
