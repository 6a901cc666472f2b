import { expect, test } from "vitest";
import { toCode, toData } from "../src/agents/as-data.js";
import { sdk, toMcpCommand } from "../src/agents/mcp-command.js";

test.each([
  ["intro.mp4", "` intro.mp4 `"],
  ["a`b.mp4", "`` a`b.mp4 ``"],
  ["``a``` **b**.mp4", "```` ``a``` **b**.mp4 ````"],
  ["[x](https://evil.example).mp4", "` [x](https://evil.example).mp4 `"],
])("%s is code whose end it cannot say", (name, code) => {
  expect(toCode(name)).toBe(code);
});

test("a text of others is on one line, short, and hides nothing", () => {
  expect(toData("a\n# b\u202e\u{e0041}")).not.toMatch(/[\n\u202e\u{e0000}-\u{e007f}]/u);
  expect(toData("x".repeat(5_000))).toHaveLength(1_001);
});

test("npx installs what the MCP server needs, and any other program is taken as it is", () => {
  expect(toMcpCommand(["npx", "--yes", "clipcourier@0.1"], ["/home/me/a b"])).toEqual([
    ...["npx", "--yes", "-p", "clipcourier@0.1", "-p", sdk],
    ...["clipcourier", "mcp", "--root", "/home/me/a b"],
  ]);
  expect(toMcpCommand(["/opt/clips/bin/clipcourier"], ["/a", "/b"])).toEqual([
    ...["/opt/clips/bin/clipcourier", "mcp", "--root", "/a", "--root", "/b"],
  ]);
});
