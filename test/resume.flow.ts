import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClientOptions } from "@clipcourier/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { rewriteAnswer, stopMidBody } from "./faults/faults.ts";
import type { RequestRecord } from "./faults/request-log.ts";
import type { Rule } from "./faults/script.ts";
import {
  download,
  mebibyte,
  partSize,
  type SpoiledService,
  startSpoiledService,
} from "./spoiled-service.ts";
import { makeFolder } from "./start-service.ts";
import { until } from "./until.ts";

const script = fileURLToPath(new URL("upload-process.ts", import.meta.url));
const bytes = randomBytes(4 * partSize + 2 * mebibyte);

/** Plays a service that does not report the parts that it has. */
const withoutParts: Rule = {
  when: { method: "GET", path: /directupload/ },
  times: Infinity,
  fault: rewriteAnswer((json) =>
    JSON.parse(JSON.stringify(json, (key, value) => (key === "parts" ? undefined : value))),
  ),
};

/**
 * Uploads in a process of its own, and kills it with SIGKILL when this many parts are stored and two
 * more are half sent.
 */
async function uploadAndKill(
  { front, rootUrl, service: { appId, appSecret } }: SpoiledService,
  rules: Rule[],
  stored: number,
  file: string,
  changes: Partial<ClientOptions> = {},
): Promise<void> {
  const stop: Rule = {
    when: { method: "PUT", nth: stored + 1 },
    times: Infinity,
    fault: stopMidBody({ afterBytes: mebibyte }),
  };
  front.script([...rules, stop]);
  const order = {
    client: { rootUrl, appId, appSecret, proxyEnv: {}, ...changes },
    file,
    options: { concurrency: 2 },
  };
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  // A part is begun when one before it is through, and noted where it is to be noted.
  const isHalfSent = ({ status, bytesReceived }: RequestRecord) =>
    status === "silent" && bytesReceived > mebibyte;
  await until(() => front.log.filter(isHalfSent).length === 2);
  child.kill("SIGKILL");
  await once(child, "exit");
  front.script(rules);
}

/** How many bytes of parts arrived whole. */
function countStored(spoiled: SpoiledService): number {
  return spoiled.front.log
    .filter(({ method, status }) => method === "PUT" && status === 200)
    .reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
}

describe("a killed upload that is run again sends only what is missing", () => {
  test.each([0, 1, 3])("by what the service reports: killed after %i parts", async (count) => {
    const spoiled = await startSpoiledService();
    const file = await (await makeFolder()).write("a.mp4", bytes);
    await uploadAndKill(spoiled, [], count, file);
    spoiled.front.clearLog();
    const result = await spoiled.connect().upload(file);
    expect(result.bytesSent + result.bytesReused).toBe(bytes.length);
    expect(result.bytesReused).toBe(count * partSize);
    expect(countStored(spoiled)).toBe(result.bytesSent);
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
  });

  test.each([0, 1, 3])("by the journal: killed after %i parts", async (count) => {
    const spoiled = await startSpoiledService();
    const folder = await makeFolder();
    const file = await folder.write("a.mp4", bytes);
    const stateFolder = join(folder.path, "state");
    await uploadAndKill(spoiled, [withoutParts], count, file, { stateFolder });
    spoiled.front.clearLog();
    const result = await spoiled.connect({ stateFolder }).upload(file);
    expect(result.bytesSent + result.bytesReused).toBe(bytes.length);
    expect(result.bytesReused).toBe(count * partSize);
    expect(countStored(spoiled)).toBe(result.bytesSent);
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
    expect(await readdir(join(stateFolder, "uploads"))).toEqual([]);
  });

  test("without a report and without a journal everything is sent", async () => {
    const spoiled = await startSpoiledService();
    const file = await (await makeFolder()).write("a.mp4", bytes);
    await uploadAndKill(spoiled, [withoutParts], 1, file);
    const result = await spoiled.connect().upload(file);
    expect(result).toMatchObject({ bytesSent: bytes.length, bytesReused: 0 });
  });

  test("a journal is not believed when the service answers another upload id", async () => {
    const spoiled = await startSpoiledService();
    const folder = await makeFolder();
    const file = await folder.write("a.mp4", bytes);
    const stateFolder = join(folder.path, "state");
    await uploadAndKill(spoiled, [withoutParts], 2, file, { stateFolder });
    const client = spoiled.connect({ stateFolder });
    const checksum = createHash("md5").update(bytes).digest("hex");
    await client.requestUpload({ checksum, size: 1 });
    const result = await client.upload(file);
    expect(result).toMatchObject({ bytesSent: bytes.length, bytesReused: 0 });
    expect((await download(result.clip.videoUrl)).equals(bytes)).toBe(true);
  });
});
