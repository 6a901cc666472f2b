import { expect, test } from "vitest";
import { linkTo } from "../src/links.js";

test("a link opens at a second, beside what it has already", () => {
  expect(linkTo("https://clips.example.com/c/a1?key=x", 2.5)).toBe(
    "https://clips.example.com/c/a1?key=x&t=2.5",
  );
  expect(linkTo("https://clips.example.com/c/a1", undefined)).toBe(
    "https://clips.example.com/c/a1",
  );
});
