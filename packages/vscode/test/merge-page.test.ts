import { expect, test } from "vitest";
import { mergePage } from "../src/clips/merge-page.js";

function merge(known: string, read: string, page: string, isLast = false): string {
  const rows = (text: string) => [...text].map((id) => ({ id }));
  const merged = mergePage({ known: rows(known), read: new Set(read), page: rows(page), isLast });
  return merged.map(({ id }) => id).join("");
}

test.each([
  ["begins an empty list", ["", "", "abc"], "abc"],
  ["goes on", ["abc", "abc", "def"], "abcdef"],
  ["repeats one, because a new clip has moved the others on", ["abc", "abc", "cde"], "abcde"],
  ["has a new clip at the top", ["abcdef", "", "xab"], "xabcdef"],
  ["lacks a deleted clip", ["abcdef", "", "acd"], "acdef"],
  ["lacks the clip at its end", ["abcdef", "", "abd"], "abdef"],
  ["is read again after another", ["abcdef", "abc", "df"], "abcdf"],
  ["has new clips alone", ["abc", "", "xyz"], "xyzabc"],
])("a page that %s", (_, [known = "", read = "", page = ""], expected) => {
  expect(merge(known, read, page)).toBe(expected);
});

test("nothing stays behind the last page", () => {
  expect(merge("abcdef", "ab", "d", true)).toBe("abd");
  expect(merge("abc", "", "", true)).toBe("");
});
