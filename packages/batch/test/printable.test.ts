import { expect, test } from "vitest";
import {
  breakCommands,
  breakCommandsInJson,
  toPrintable,
  toPrintableLines,
} from "../src/printable.js";

const hostile = "a\u001b[2J\n\u0085\u202eb ö 日本";

test("what moves the cursor or turns the text around is replaced", () => {
  expect(toPrintable(hostile)).toBe("a\ufffd[2J\ufffd\ufffd\ufffdb ö 日本");
});

test("the lines of a text stay lines", () => {
  expect(toPrintableLines(hostile)).toBe("a\ufffd[2J\n\ufffd\ufffdb ö 日本");
});

test.each([
  ["##[error]a ###[b", "# #[error]a ## #[b"],
  ["::error::a", ": :error::a"],
  ["a\n \t\u00a0\u0085::error::b\r\n::c::", "a\n \t\u00a0\u0085: :error::b\r\n: :c::"],
  ["\n\n\n  :::a", "\n\n\n  : ::a"],
  ["a ::b:: # [c] :d", "a ::b:: # [c] :d"],
])("in %j, nothing is left that a runner takes for a command", (text, broken) => {
  expect(breakCommands(text)).toBe(broken);
});

test("a JSON text means the same without commands", () => {
  const value = { "##[a]": ["###[b", "::c::"] };
  const json = breakCommandsInJson(JSON.stringify(value, null, 2));
  expect(json).not.toContain("##[");
  expect(JSON.parse(json)).toEqual(value);
});
