import { expect, test } from "vitest";
import { toPrintable, toPrintableLines } from "../src/printable.js";

const hostile = "a\u001b[2J\n\u0085\u202eb ö 日本";

test("what moves the cursor or turns the text around is replaced", () => {
  expect(toPrintable(hostile)).toBe("a\ufffd[2J\ufffd\ufffd\ufffdb ö 日本");
});

test("the lines of a text stay lines", () => {
  expect(toPrintableLines(hostile)).toBe("a\ufffd[2J\n\ufffd\ufffdb ö 日本");
});
