import { expect, test } from "vitest";
import { parseIgnoreBox } from "../src/ignore-box.js";

test.each([
  ["1180,0,100,40", { x: 1180, y: 0, width: 100, height: 40, unit: "pixel" }],
  ["0.5,1.5,2,2", { x: 0.5, y: 1.5, width: 2, height: 2, unit: "pixel" }],
  ["90%,0%,10%,6%", { x: 0.9, y: 0, width: 0.1, height: 0.06, unit: "share" }],
  ["0%,0%,100%,12.5%", { x: 0, y: 0, width: 1, height: 0.125, unit: "share" }],
])("the box %s", (text, box) => {
  expect(parseIgnoreBox(text)).toEqual(box);
});

test.each([
  "",
  "1180,0,100",
  "1180,0,100,40,5",
  "1180,0,0,40",
  "1180,0,100,0",
  "90%,0%,10%,0%",
  "90%,0%,101%,6%",
  "90%,0,10%,6%",
  "-1,0,100,40",
  "1e3,0,100,40",
  "1180,0,100,100001",
  "1..8,0,100,40",
  "clock",
])("%j is no box", (text) => {
  expect(parseIgnoreBox(text)).toBeUndefined();
});
