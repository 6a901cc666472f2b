import { expect, test } from "vitest";
import { measureUpload } from "./measure-upload.ts";

const gibibyte = 1024 ** 3;

test("memory does not grow with the file: 1 GiB and 3 GiB peak within 40 MiB, under 200 MiB", async () => {
  const [{ memory: small }, { memory: large }] = await Promise.all([
    measureUpload(gibibyte),
    measureUpload(3 * gibibyte),
  ]);
  expect(Math.max(small, large)).toBeLessThan(200);
  expect(Math.abs(large - small)).toBeLessThan(40);
  // Less than Node takes by itself would mean that nothing was measured.
  expect(Math.min(small, large)).toBeGreaterThan(30);
});

test("a file of one part of 2.2 GiB is uploaded, in as little memory", async () => {
  const size = Math.ceil(2.2 * gibibyte);
  const { memory } = await measureUpload(size, { chunkSize: 5 * gibibyte });
  expect(memory).toBeLessThan(200);
});

test("a batch with parts of 525 MiB takes no more memory than one with small parts", async () => {
  const mebibyte = 1024 ** 2;
  const { memory } = await measureUpload(600 * mebibyte, { chunkSize: 525 * mebibyte, count: 8 });
  expect(memory).toBeLessThan(250);
});
