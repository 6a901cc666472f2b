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

function withUrls(url: string) {
  return { ...plan(mebibyte, 2), urls: [1, 2].map((partNumber) => ({ partNumber, url })) };
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
    ["a scheme that only begins like one", withUrls("https-x://s3.example.com/"), "urls[0].url"],
    ["a scheme that only ends like one", withUrls("x-https://s3.example.com/"), "urls[0].url"],
    ["no address", withUrls("part 1"), "urls[0].url is not an http or https URL"],
    [
      "a URL that leads to this machine",
      withUrls("http://127.0.0.1/p"),
      "urls[0].url: it leads to 127.0.0.1",
    ],
  ])("refuses a plan with %s", (_, bad, message) => {
    // Not with `toThrow(message)`, which an error that is `undefined` passes.
    expect(() => layOutParts(2 * mebibyte, bad, hosts)).toThrow(
      expect.objectContaining({ code: "bad_answer", message: expect.stringContaining(message) }),
    );
  });
});
