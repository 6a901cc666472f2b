import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { ensureDebianPackages } from "../debian-packages.ts";
import { ServeProcess } from "../processes/serve-process.ts";
import { makeFolder } from "../start-service.ts";

const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
const partSize = 5 * 1024 * 1024;

/** A service whose clock the test turns while it runs. */
async function startTurnable() {
  ensureDebianPackages([{ name: "libfaketime", file: library }]);
  const folder = await makeFolder();
  const clock = join(folder.path, "clock");
  await writeFile(clock, "+0");
  const service = await ServeProcess.start(["--folder", join(folder.path, "clips")], {
    LD_PRELOAD: library,
    // Timers go on as they are, as on a machine whose clock was set.
    ...{ FAKETIME_DONT_FAKE_MONOTONIC: "1", DONT_FAKE_MONOTONIC: "1" },
    ...{ FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: "1" },
  });
  onTestFinished(() => service.stop());
  const client = new DirectUploadClient({
    ...{ rootUrl: service.rootUrl, proxyEnv: {} },
    ...service.keys,
  });
  onTestFinished(() => client.close());
  const upload = (filename: string) => client.upload(randomBytes(1000), { filename });
  return { client, upload, turn: (offset: string) => writeFile(clock, offset) };
}

test.each(["+400d", "-400d"])("a service whose clock jumps by %s goes on", async (offset) => {
  const { client, upload, turn } = await startTurnable();
  const before = await upload("before.mp4");
  const created = Date.parse(before.clip.createdOn ?? "");
  await turn(offset);
  // The session has ended, or is not valid yet, by that clock.
  const { clip } = await upload("after.mp4");
  expect(clip.status).toBe("available");
  // The clock was really turned.
  const days = (Date.parse(clip.createdOn ?? "") - created) / 86_400_000;
  expect(Math.round(days)).toBe(Number.parseInt(offset, 10));
  const { clips, total } = await client.listClips();
  expect(total).toBe(2);
  expect(clips.map(({ filename }) => filename).sort()).toEqual(["after.mp4", "before.mp4"]);
  expect((await client.getClip(before.clip.id)).status).toBe("available");
});

test("an upload in whose middle the clock jumps ends whole", async () => {
  const { client, turn } = await startTurnable();
  const content = randomBytes(3 * partSize);
  let [passes, turned] = [0, false];
  const read = async (start: number, end: number) => {
    if (start === 0) passes += 1;
    // The first pass is for the checksum; in the second, each part is read when the one before is stored.
    if (passes === 2 && start > 0 && !turned) {
      // The part URLs and the session that the client has are older than a year from here on.
      await turn("+400d");
      turned = true;
    }
    return content.subarray(start, end);
  };
  const source = { name: "a.mp4", size: content.length, read };
  const { clip } = await client.upload(source, { concurrency: 1 });
  expect(turned).toBe(true);
  expect(clip.status).toBe("available");
  const stored = Buffer.from(await (await fetch(clip.downloadUrl ?? "")).arrayBuffer());
  expect(stored.equals(content)).toBe(true);
});
