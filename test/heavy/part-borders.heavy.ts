import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { download, partSize } from "../spoiled-service.ts";
import { makeFolder, startTestService } from "../start-service.ts";

test("sizes around the borders of parts arrive whole, as files and as bytes", async () => {
  const service = await startTestService();
  const client = service.connect();
  const folder = await makeFolder();
  const near = fc.integer({ min: -2, max: 2 });
  const sizes = fc.tuple(fc.integer({ min: 0, max: 2 }), near).map(([n, d]) => n * partSize + d);
  const seen = new Set<string>();
  const examples = [1, partSize - 1, partSize, partSize + 1, 2 * partSize].map(
    (size): [number, number] => [size, 7],
  );
  await fc.assert(
    fc.asyncProperty(
      sizes.filter((size) => size > 0),
      fc.nat(),
      async (size, seed) => {
        const bytes = Buffer.alloc(size, createHash("sha512").update(`${size} ${seed}`).digest());
        // Content drawn twice is known to the service, and rightly sends nothing.
        const content = bytes.subarray(0, 64).toString("hex") + size;
        fc.pre(!seen.has(content));
        seen.add(content);
        const source = seed % 2 === 0 ? bytes : await folder.write("any.mp4", bytes);
        const { clip, attempts } = await client.upload(source);
        expect(attempts).toBe(Math.ceil(size / partSize));
        expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 12, examples },
  );
});
