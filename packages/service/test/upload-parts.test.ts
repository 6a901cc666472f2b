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

  it.each([['"x"'], ["x"]])("takes an ETag with its quotes or without: %s", (etag) => {
    const [first, second] = stored(chunkSize, 10).map((part) => ({ ...part, etag }));
    const parts = [first, second].flatMap((part) => part ?? []);
    const named = ['"x"', "x"].map((ETag, index) => ({ PartNumber: index + 1, ETag }));
    expect(checkParts(named, parts, upload).map((part) => part.etag)).toEqual([etag, etag]);
  });

  /** What is refused of a list of part numbers, where there are two parts. */
  function refuseNumbers(...numbers: number[]) {
    const list = numbers.map((PartNumber) => ({ PartNumber, ETag: "x" }));
    return () => checkParts(list, stored(chunkSize, 10), upload);
  }

  // Not with a text alone, which an error that is `undefined` passes.
  const refusal = (problem: string) =>
    expect.objectContaining({
      status: 400,
      message: `uploads: ${problem}. The upload is still open.`,
    });

  it.each([
    [[1, 1], "part 1 is listed twice"],
    [[1, 2, 2], "part 2 is listed twice"],
    [[1, 3], "part 3 is listed, but there are 2 parts"],
    [[1, 2, 3], "part 3 is listed, but there are 2 parts"],
    [[2, 1], "part 1 is listed after part 2"],
    [[1], "part 2 is missing"],
    [[2], "part 1 is missing"],
    [[], "part 1 is missing"],
  ])("refuses the part numbers %j", (numbers, problem) => {
    expect(refuseNumbers(...numbers)).toThrow(refusal(problem));
  });

  it("refuses a part that is not stored", () => {
    const [first] = stored(chunkSize, 10);
    expect(() => checkParts(listed, first ? [first] : [], upload)).toThrow(
      refusal("part 2 has not been uploaded"),
    );
  });

  it.each(["y", '"y"', 'x"', '"x', '""x""', "xx"])(
    "refuses the ETag %s of another part",
    (ETag) => {
      const named = listed.map((part) => (part.PartNumber === 2 ? { ...part, ETag } : part));
      expect(() => checkParts(named, stored(chunkSize, 10), upload)).toThrow(
        refusal("the ETag of part 2 is not that of the stored part"),
      );
    },
  );

  it("refuses a small part that is not the last", () => {
    expect(() => checkParts(listed, stored(chunkSize - 1, 11), upload)).toThrow(
      refusal("part 1 is smaller than 5 MiB and is not the last"),
    );
  });

  it("refuses another total size", () => {
    expect(() => checkParts(listed, stored(chunkSize, 11), upload)).toThrow(
      refusal(`the parts have ${chunkSize + 11} bytes, and size promised ${chunkSize + 10}`),
    );
  });
});
