import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createMedia } from "@clipcourier/service";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { expect, test } from "vitest";
import { encodeMedia } from "../fixtures/encode-media.ts";
import { makeMatroska, repeatTracks } from "../fixtures/many-tracks.ts";
import { makeFolder, startTestService } from "../start-service.ts";

const trackCount = 10_000;
// As it is where nobody says otherwise.
const timeLimit = 60_000;
const memoryLimit = 1024 ** 3;

async function makeMp4(): Promise<Buffer> {
  const path = join((await makeFolder()).path, "one.mp4");
  const source = "testsrc=s=320x180:r=10:d=1,format=yuv420p";
  await encodeMedia({ path, source, encoder: FF_ENCODER_LIBX264 });
  return readFile(path);
}

/** The most memory that any process below this one has had, in bytes, until it is told to stop. */
function watchMemory(): { stop(): Promise<number> } {
  let isWatching = true;
  const watching = (async () => {
    let most = 0;
    while (isWatching) {
      for (const pid of await listBelow(process.pid)) most = Math.max(most, await readPeak(pid));
      await sleep(50);
    }
    return most;
  })();
  return {
    stop() {
      isWatching = false;
      return watching;
    },
  };
}

async function listBelow(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => ""),
    ),
  );
  const children = lists.join(" ").split(/\s+/).filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(listBelow))).flat()];
}

async function readPeak(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

test.each([
  ["MP4", "many.mp4", async () => repeatTracks(await makeMp4(), trackCount - 1)],
  ["Matroska", "many.mkv", async () => makeMatroska(trackCount)],
])(
  "10,000 tracks in one %s end within the limits, and the service goes on",
  async (kind, filename, make) => {
    const media = createMedia({ timeLimit, memoryLimit });
    const service = await startTestService({ media });
    const client = service.connect();
    const content = await make();
    const memory = watchMemory();
    const start = performance.now();
    const { clip } = await client.upload(content, { filename, waitFor: "finalized" });
    await service.settled();
    const seconds = (performance.now() - start) / 1000;
    const peak = (await memory.stop()) / 1024 ** 2;
    const ended = await client.getClip(clip.id);
    const { status, reason, notes } = ended;
    console.log(
      `${kind}, ${(content.length / 1e6).toFixed(1)} MB: ${status} after ${seconds.toFixed(1)} s, ` +
        `${peak.toFixed(0)} MiB: ${reason ?? notes?.join(" ")}`,
    );
    expect(status).not.toBe("pending");
    // It says why it is no clip, or what it lacks.
    expect(reason ?? notes?.join(" ")).toMatch(/\w/);
    expect(peak).toBeLessThan(memoryLimit / 1024 ** 2);

    const plain = await client.upload(await makeMp4(), { filename: "plain.mp4" });
    expect(plain.clip).toMatchObject({ status: "available", width: 320 });
  },
);
