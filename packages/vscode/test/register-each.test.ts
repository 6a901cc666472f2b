import { expect, test } from "vitest";
import { registerEach } from "../src/agents/register-each.js";

test("what the editor lacks or refuses does not keep the rest from being registered", () => {
  const disposable = { dispose() {} };
  // As the editor's own object has it in a fork.
  const editor: { registerServer?: () => typeof disposable } = {};
  const failed: [string, string][] = [];
  const registered = registerEach(
    {
      server: () => {
        if (editor.registerServer === undefined) throw new TypeError("no function");
        return editor.registerServer();
      },
      tool: () => disposable,
      other: () => {
        throw new Error("refused");
      },
    },
    (name, error) => failed.push([name, String(error)]),
  );
  expect(registered).toEqual([disposable]);
  expect(failed).toEqual([
    ["server", "TypeError: no function"],
    ["other", "Error: refused"],
  ]);
});
