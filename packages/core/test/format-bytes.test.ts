import { expect, test } from "vitest";
import { formatBytes } from "../src/format-bytes.js";

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1.0 KiB"],
  [2 ** 20 - 1, "1.0 MiB"],
  [12.44 * 2 ** 20, "12.4 MiB"],
  [5000 * 2 ** 40, "5000.0 TiB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
