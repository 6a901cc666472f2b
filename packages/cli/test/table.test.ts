import { createColors } from "picocolors";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { renderTable } from "../src/commands/table.js";

const columns = [
  { heading: "id" },
  { heading: "status", narrow: 1 },
  { heading: "name", narrow: "cut" as const },
  { heading: "page", narrow: 2 },
];
const rows = [
  ["c1", "available", "plain.mp4", "http://x.example/c1"],
  ["c2", "pending", "日本語の動画😀.mp4", "http://x.example/c2"],
];

function render(width?: number): string[] {
  return renderTable(columns, rows, createColors(false), width).split("\n");
}

test("wide characters and emoji take two columns", () => {
  expect(render()).toEqual([
    "id  status     name                page",
    "c1  available  plain.mp4           http://x.example/c1",
    "c2  pending    日本語の動画😀.mp4  http://x.example/c2",
  ]);
});

test("in a narrow window the name is cut, then columns are left out", () => {
  expect(render(50)).toEqual([
    "id  status     name            page",
    "c1  available  plain.mp4       http://x.example/c1",
    "c2  pending    日本語の動画…   http://x.example/c2",
  ]);
  expect(render(40)[2]).toBe("c2  pending    日本語の動画😀.mp4");
  expect(render(20)[2]).toBe("c2  日本語の動画😀.…");
  for (let width = 14; width < 60; width++) {
    for (const line of render(width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  }
});
