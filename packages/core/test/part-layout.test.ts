import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StorageHosts } from "../src/http/storage-hosts.js";
import { layOutParts } from "../src/parts/layout.js";

const mebibyte = 1024 * 1024;

function plan(chunkSize: number, count: number) {
  return {
    isKnown: false as const,
    uploadId: "u",
    chunkSize,
    urls: Array.from({ length: count }, (_, index) => ({
      partNumber: index + 1,
      url: `https://s3.example.com/p${index + 1}`,
    })),
    storedParts: undefined,
  };
}

const hosts = new StorageHosts(new URL("https://clips.example.com/v2.7/"), undefined);

describe("layOutParts", () => {
  test("covers the content without a gap or an overlap, whatever the size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 * mebibyte }),
        fc.integer({ min: 1, max: 20 }),
        (size, factor) => {
          const chunkSize = factor * mebibyte;
          const parts = layOutParts(size, plan(chunkSize, Math.ceil(size / chunkSize)), hosts);
          let next = 0;
          for (const [index, part] of parts.entries()) {
            expect(part.partNumber).toBe(index + 1);
            expect(part.start).toBe(next);
            expect(part.length).toBeGreaterThan(0);
            next += part.length;
          }
          expect(next).toBe(size);
        },
      ),
    );
  });

  test.each([
    [5 * mebibyte - 1, [5 * mebibyte - 1]],
    [5 * mebibyte, [5 * mebibyte]],
    [5 * mebibyte + 1, [5 * mebibyte, 1]],
    [10 * mebibyte, [5 * mebibyte, 5 * mebibyte]],
  ])("%i bytes are parts of %j", (size, lengths) => {
    const parts = layOutParts(size, plan(5 * mebibyte, lengths.length), hosts);
    expect(parts.map(({ length }) => length)).toEqual(lengths);
  });

  test("takes the URLs by their number, not by their order", () => {
    const shuffled = plan(mebibyte, 3);
    shuffled.urls.reverse();
    const parts = layOutParts(3 * mebibyte, shuffled, hosts);
    expect(parts.map(({ url }) => url.at(-1))).toEqual(["1", "2", "3"]);
  });

  test.each([
    ["too few URLs", plan(mebibyte, 1), "urls has 1 part URLs"],
    ["too many URLs", plan(mebibyte, 3), "urls has 3 part URLs"],
    [
      "a number twice",
      {
        ...plan(mebibyte, 2),
        urls: [1, 1].map((partNumber) => ({ partNumber, url: "http://a/" })),
      },
      "no URL for PartNumber 2",
    ],
    [
      "another scheme",
      {
        ...plan(mebibyte, 2),
        urls: [1, 2].map((partNumber) => ({ partNumber, url: "file:///etc" })),
      },
      "urls[0].url is not an http or https URL",
    ],
  ])("refuses a plan with %s", (_, bad, message) => {
    expect(() => layOutParts(2 * mebibyte, bad, hosts)).toThrow(message);
  });
});
