import { expect, test } from "vitest";
import { startStandIn } from "../stand-in.ts";

test("10,000 parts are planned, sent and finalized, their ETags in order", async () => {
  // The protocol's smallest part would make it 48.8 GiB.
  const chunkSize = 65_536;
  const size = 9_999 * chunkSize + 1;
  await using standIn = await startStandIn({ chunkSize });
  await using client = standIn.connect();
  const zeros = new Uint8Array(1024 * 1024);
  const read = async (start: number, end: number) => zeros.subarray(0, end - start);
  const result = await client.upload({ name: "long.mp4", size, read });
  expect(result).toMatchObject({ attempts: 10_000, bytesSent: size, size });
  expect(standIn.stored.size).toBe(10_000);
  expect(standIn.finalized).toHaveLength(1);
  expect(standIn.finalized[0]).toEqual(
    Array.from({ length: 10_000 }, (_, index) => ({
      PartNumber: index + 1,
      ETag: `"${index + 1}-${index < 9_999 ? chunkSize : 1}"`,
    })),
  );
});
