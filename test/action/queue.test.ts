import { randomBytes } from "node:crypto";
import type { Media } from "@clipcourier/service";
import { expect, test } from "vitest";
import { startTestService } from "../start-service.ts";
import { startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

/** Media work that waits until it is let go. */
function holdMedia(): { media: Media; letGo(): void } {
  const held = Promise.withResolvers<void>();
  const media: Media = {
    async inspect(_source, _options, signal) {
      const stopped = Promise.withResolvers<void>();
      if (signal?.aborted) stopped.resolve();
      signal?.addEventListener("abort", () => stopped.resolve());
      await Promise.race([held.promise, stopped.promise]);
      return { outcome: "unavailable", reason: "not looked at" };
    },
    render: null,
    close: async () => {},
  };
  return { media, letGo: held.resolve };
}

// A line comes every five seconds.
test("clips that wait behind those of another run say so, and not 100 %", async () => {
  const { media, letGo } = holdMedia();
  const service = await startTestService({ media });
  const client = service.connect();
  const earlier = Array.from({ length: 5 }, (_, index) => ({
    ...{ name: `earlier-${index}.mp4`, size: 10, read: async () => randomBytes(10) },
  }));
  for (const source of earlier) await client.upload(source, { waitFor: "finalized" });
  const job = await startJob();
  for (const name of ["a.mp4", "b.mp4"]) await job.write(name, randomBytes(1000));
  const running = await job.start({ files: "*.mp4", ...inputsFor(service) });
  const line = await running.waitFor(/waiting to be verified/);
  expect(line).toBe("0 of 2 files: 2 clips are waiting to be verified, 5 are before them");
  letGo();
  const step = await running.finished;
  expect(step).toMatchObject({ exitCode: 0, outputs: { "uploaded-count": "2" } });
  expect(step.log).not.toContain("100 %");
});
