import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { createMedia, startService } from "@clipcourier/service";
import { pino } from "pino";
import { expect, inject, onTestFinished, test } from "vitest";
import { padVideo } from "../fixtures/pad-video.ts";

/** How many uploads that cost much are waiting when another account comes. */
const costly = 8;

test("uploads that cost much do not hold up those of another account", async () => {
  const { connect, folder } = await startOwnService();
  const [first, second] = [await connect(), await connect()];
  for (const path of await copyCostly(folder)) await first.upload(path, { waitFor: "finalized" });
  const { clip: own } = await second.upload(String(inject("paths")["h264-aac.mp4"]), {
    waitFor: "finalized",
  });
  const before = await countPending(first);
  await second.waitUntilAvailable(own, { timeout: 600_000 });
  const after = await countPending(first);
  // Those that had begun may end. In order of arrival, all of them would.
  expect(before - after).toBeLessThanOrEqual(availableParallelism() + 1);
  expect(costly).toBeGreaterThan(availableParallelism() + 1);
});

async function startOwnService() {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
  const service = await startService({
    folder: join(folder, "data"),
    // A busy machine keeps the time limit, too.
    media: createMedia({ timeLimit: 600_000 }),
    logger: pino({ level: "silent" }),
  });
  onTestFinished(async () => {
    await service.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const connect = async () => {
    const { rootUrl } = service;
    const { appId, appSecret } = await service.accounts.createApp();
    const client = new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} });
    onTestFinished(() => client.close());
    return client;
  };
  return { connect, folder };
}

async function copyCostly(folder: string): Promise<string[]> {
  const copies = Array.from({ length: costly }, async (_, index) => {
    const path = join(folder, `costly-${index}.mp4`);
    await copyFile(String(inject("paths")["h264-8192-square.mp4"]), path);
    // The same content would cost nothing the second time.
    await padVideo(path, "mp4", 2_000_000 + index * 1000);
    return path;
  });
  return Promise.all(copies);
}

async function countPending(client: DirectUploadClient): Promise<number> {
  const { clips } = await client.listClips({ count: costly });
  return clips.filter(({ status }) => status === "pending").length;
}
