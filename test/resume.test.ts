import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ClientOptions } from "@clipcourier/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { rewriteAnswer } from "./faults/faults.ts";
import type { Rule } from "./faults/script.ts";
import {
  download,
  mebibyte,
  partSize,
  type SpoiledService,
  startSpoiledService,
} from "./spoiled-service.ts";
import { makeFolder } from "./start-service.ts";

const script = fileURLToPath(new URL("upload-process.ts", import.meta.url));
const bytes = randomBytes(6 * partSize + 99);

/** Plays a service that does not report the parts that it has. */
const withoutParts: Rule = {
  when: { method: "GET", path: /directupload/ },
  times: Infinity,
  fault: rewriteAnswer((json) =>
    JSON.parse(JSON.stringify(json, (key, value) => (key === "parts" ? undefined : value))),
  ),
};

function startUpload(
  { rootUrl, service: { appId, appSecret } }: SpoiledService,
  file: string,
  changes: Partial<ClientOptions> = {},
): ChildProcess {
  const order = {
    client: { rootUrl, appId, appSecret, proxyEnv: {}, ...changes },
    file,
    // Slow enough to be killed in the middle.
    options: { concurrency: 2, maxBytesPerSecond: 12 * mebibyte },
  };
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** Kills the process with SIGKILL some time after it has stored that many bytes. */
async function killAfter(child: ChildProcess, stored: number, delay: number): Promise<void> {
  if (child.stdout === null) throw new Error("the output is a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, acknowledged] = /^acknowledged (\d+)/.exec(line) ?? [];
    if (Number(acknowledged ?? -1) >= stored) break;
  }
  await sleep(delay);
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** How many bytes of parts arrived whole. */
function countStored(spoiled: SpoiledService): number {
  return spoiled.front.log
    .filter(({ method, status }) => method === "PUT" && status === 200)
    .reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
}

describe("a killed upload that is run again sends only what is missing", () => {
  // Before the first part, in the middle, and close to the end, in the middle of parts.
  const moments = [
    [0, 30],
    [1, 0],
    [2 * partSize, 170],
    [4 * partSize, 60],
  ] as const;

  test.each(moments)(
    "by what the service reports: killed %i bytes and %i ms in",
    async (stored, delay) => {
      const spoiled = await startSpoiledService();
      const file = await (await makeFolder()).write("a.mp4", bytes);
      await killAfter(startUpload(spoiled, file), stored, delay);
      const before = countStored(spoiled);
      spoiled.front.clearLog();
      const result = await spoiled.connect().upload(file);
      expect(result.bytesSent + result.bytesReused).toBe(bytes.length);
      expect(result.bytesReused).toBeGreaterThanOrEqual(before);
      expect(countStored(spoiled)).toBe(result.bytesSent);
      if (stored > 0) expect(result.bytesReused).toBeGreaterThan(0);
      expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
    },
  );

  test.each(moments)("by the journal: killed %i bytes and %i ms in", async (stored, delay) => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([withoutParts]);
    const folder = await makeFolder();
    const file = await folder.write("a.mp4", bytes);
    const stateFolder = join(folder.path, "state");
    await killAfter(startUpload(spoiled, file, { stateFolder }), stored, delay);
    spoiled.front.clearLog();
    const result = await spoiled.connect({ stateFolder }).upload(file);
    expect(result.bytesSent + result.bytesReused).toBe(bytes.length);
    if (stored > 0) expect(result.bytesReused).toBeGreaterThan(0);
    expect(countStored(spoiled)).toBe(result.bytesSent);
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
    expect(await readdir(join(stateFolder, "uploads"))).toEqual([]);
  });

  test("without a report and without a journal everything is sent", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([withoutParts]);
    const file = await (await makeFolder()).write("a.mp4", bytes);
    await killAfter(startUpload(spoiled, file), partSize, 0);
    const result = await spoiled.connect().upload(file);
    expect(result).toMatchObject({ bytesSent: bytes.length, bytesReused: 0 });
  });

  test("a journal is not believed when the service answers another upload id", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([withoutParts]);
    const folder = await makeFolder();
    const file = await folder.write("a.mp4", bytes);
    const stateFolder = join(folder.path, "state");
    await killAfter(startUpload(spoiled, file, { stateFolder }), 2 * partSize, 0);
    const client = spoiled.connect({ stateFolder });
    const checksum = createHash("md5").update(bytes).digest("hex");
    await client.requestUpload({ checksum, size: 1 });
    const result = await client.upload(file);
    expect(result).toMatchObject({ bytesSent: bytes.length, bytesReused: 0 });
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
  });
});
