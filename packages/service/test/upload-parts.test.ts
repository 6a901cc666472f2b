import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkParts, chunkSizeFor, partSizes } from "../src/uploads/upload-parts.js";

const mebibyte = 1024 * 1024;
const chunkSize = 5 * mebibyte;

describe("the part size", () => {
  it.each([
    [1, chunkSize],
    [chunkSize * 10_000, chunkSize],
    [chunkSize * 10_000 + 1, 6 * mebibyte],
    [5 * 1024 ** 4, 525 * mebibyte],
  ])("for %d bytes is %d", (size, expected) => {
    expect(chunkSizeFor(size)).toBe(expected);
  });

  it("is within the limits of S3 for every size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1024 ** 4 }), (size) => {
        const sizes = partSizes(size, chunkSizeFor(size));
        expect(sizes.length).toBeLessThanOrEqual(10_000);
        expect(sizes.reduce((sum, part) => sum + part, 0)).toBe(size);
        expect(Math.min(...sizes.slice(0, -1), chunkSize)).toBe(chunkSize);
        expect(sizes.at(-1)).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [chunkSize - 1, [chunkSize - 1]],
    [chunkSize, [chunkSize]],
    [chunkSize + 1, [chunkSize, 1]],
    [chunkSize * 2, [chunkSize, chunkSize]],
  ])("splits %d bytes exactly", (size, expected) => {
    expect(partSizes(size, chunkSize)).toEqual(expected);
  });
});

describe("checking the parts", () => {
  const listed = [1, 2].map((PartNumber) => ({ PartNumber, ETag: "x" }));
  const upload = { size: chunkSize + 10, chunkSize };
  const stored = (one: number, two: number) => [
    { partNumber: 1, etag: '"x"', size: one },
    { partNumber: 2, etag: '"x"', size: two },
  ];

  it("accepts the parts that were announced", () => {
    expect(checkParts(listed, stored(chunkSize, 10), upload)).toEqual([
      { partNumber: 1, etag: '"x"' },
      { partNumber: 2, etag: '"x"' },
    ]);
  });

  it("refuses a small part that is not the last", () => {
    expect(() => checkParts(listed, stored(chunkSize - 1, 11), upload)).toThrow(
      "part 1 is smaller than 5 MiB",
    );
  });

  it("refuses another total size", () => {
    expect(() => checkParts(listed, stored(chunkSize, 11), upload)).toThrow(
      `the parts have ${chunkSize + 11} bytes, and size promised ${chunkSize + 10}`,
    );
  });
});
