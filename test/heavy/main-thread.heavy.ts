import { expect, test } from "vitest";
import { measureUpload } from "./measure-upload.ts";

const gibibyte = 1024 ** 3;

test("the main thread never works for 20 ms without a pause (p99) while 1 GiB is hashed", async () => {
  const { blocked } = await measureUpload(gibibyte, { until: "upload" });
  expect(blocked).toBeLessThan(20);
  // The clock that measures this has not stood still.
  expect(blocked).toBeGreaterThan(0);
});
