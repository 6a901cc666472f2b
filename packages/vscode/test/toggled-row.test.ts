import { expect, test } from "vitest";
import { ToggledRow } from "../src/clips/toggled-row.js";

const [first, second] = [{ id: "first" }, { id: "second" }];

function noteAll(...selections: { id: string }[][]): ToggledRow<{ id: string }> {
  const row = new ToggledRow<{ id: string }>();
  for (const selection of selections) row.note(selection);
  return row;
}

test.each([
  ["another row than the selected one", [[first], [first, second], [first]], second],
  ["the selected row", [[first], [], [first]], first],
  ["a row where none is selected", [[second], []], second],
  ["the selected row among clicks before", [[second], [first], [], [first]], first],
])("it is %s", (_, selections, expected) => {
  const row = noteAll(...selections);
  expect(row.take()).toBe(expected);
  expect(row.take()).toBeUndefined();
});

test.each([
  ["nothing is selected", []],
  ["a row was clicked", [[first]]],
  ["rows were clicked in turn", [[first], [second], [first]]],
  ["it is toggled once", [[first], [first, second]]],
])("there is none where %s", (_, selections) => {
  expect(noteAll(...selections).take()).toBeUndefined();
});

test("a row is told each time it is toggled", () => {
  const row = noteAll([first], [first, second], [first]);
  expect(row.take()).toBe(second);
  row.note([]);
  row.note([first]);
  expect(row.take()).toBe(first);
});
