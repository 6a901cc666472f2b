import { expect, test } from "vitest";
import { isLastPage, pageSize } from "../src/clips/last-page.js";

const none: ReadonlySet<string> = new Set();

/** Clips with ids from `start` on. */
function list(count: number, start = 0): { id: string }[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${start + index}` }));
}

function idsOf(clips: { id: string }[]): Set<string> {
  return new Set(clips.map(({ id }) => id));
}

test.each([
  ["says where the next one begins", { clips: [], next: "a" }, none, false],
  ["is the last that the number allows", { clips: list(3), total: 3 }, none, true],
  ["is not all that there are", { clips: list(3), total: 4 }, none, false],
  ["is full, without a number", { clips: list(pageSize) }, none, false],
  ["is not full, without a number", { clips: list(pageSize - 1) }, none, true],
  ["is empty, whatever the number", { clips: [], total: 200 }, idsOf(list(pageSize)), true],
  ["repeats what was read", { clips: list(pageSize) }, idsOf(list(pageSize)), true],
  ["repeats some of it", { clips: list(pageSize, 1) }, idsOf(list(pageSize)), false],
])("a page that %s", (_, page, read, isLast) => {
  expect(isLastPage(page, read)).toBe(isLast);
});
