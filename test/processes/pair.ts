import { createHash } from "node:crypto";
import { type Clip, DirectUploadClient, type RetryEvent } from "@clipcourier/core";
import { expect, onTestFinished } from "vitest";
import { makeFolder } from "../start-service.ts";
import { type AppKeys, ServeProcess } from "./serve-process.ts";

/** Two `clipcourier serve` on one folder. */
export interface Pair {
  services: readonly [ServeProcess, ServeProcess];
  keys: AppKeys;
  /** A client of each that makes no request again, so that each failure is seen. */
  clients: readonly [DirectUploadClient, DirectUploadClient];
}

export async function startPair(): Promise<Pair> {
  const { path } = await makeFolder();
  const args = ["--folder", path];
  const first = await ServeProcess.start(args);
  onTestFinished(() => first.stop());
  const { keys } = first;
  const second = await ServeProcess.start(args);
  onTestFinished(() => second.stop());
  const once = { retry: { attempts: 1 } };
  const clients = [connect(first, keys, once), connect(second, keys, once)] as const;
  return { services: [first, second], keys, clients };
}

/** A client of one process, closed after the test. */
export function connect(
  { rootUrl }: ServeProcess,
  keys: AppKeys,
  options: { retry?: { attempts: number } } = {},
): DirectUploadClient {
  const client = new DirectUploadClient({ rootUrl, ...keys, ...options, proxyEnv: {} });
  onTestFinished(() => client.close());
  return client;
}

export function md5Of(content: Uint8Array): string {
  return createHash("md5").update(content).digest("hex");
}

/** The clip is available wherever it is asked for, once in each list, and its video has this MD5. */
export async function expectEverywhere({ clients }: Pair, { id }: Clip, md5: string) {
  for (const client of clients) {
    const clip = await client.getClip(id);
    expect(clip.status).toBe("available");
    const response = await fetch(clip.videoUrl ?? "");
    expect(md5Of(Buffer.from(await response.arrayBuffer()))).toBe(md5);
    const { clips } = await client.listClips({ count: 1000 });
    expect(clips.filter((listed) => listed.id === id)).toHaveLength(1);
  }
}

/**
 * Uploads contents at both processes at once, and kills one of them when an upload there has got so
 * far (from 0 to 1). Every upload has to end well, and only clients of the killed one may have had to
 * make a request again, because of a broken connection.
 */
export async function uploadWhileOneIsKilled(
  pair: Pair,
  victim: 0 | 1,
  contents: readonly Uint8Array[],
  moment: number,
): Promise<void> {
  const retries: [RetryEvent[], RetryEvent[]] = [[], []];
  let killed: Promise<void> | undefined;
  const killOnce = async () => {
    await pair.services[victim].kill();
    await pair.services[victim].run();
  };
  const clients = pair.services.map((service) => connect(service, pair.keys));
  // An address that has never answered is given up soon, because it is probably wrong.
  await Promise.all(clients.map((client) => client.listClips()));
  const uploads = contents.map(async (content, index) => {
    const at = index % 2 === 0 ? 0 : 1;
    const result = await clients[at]?.upload(content, {
      filename: `${index}.mp4`,
      onRetry: (event) => retries[at].push(event),
      onProgress: ({ acknowledged }) => {
        if (at === victim && acknowledged >= moment * content.length) killed ??= killOnce();
      },
    });
    if (!result) throw new Error("There is no client.");
    return { clip: result.clip, md5: md5Of(content) };
  });
  const ended = await Promise.all(uploads);
  await killed;
  expect(killed, "nothing was killed").toBeDefined();
  expect(retries[victim === 0 ? 1 : 0]).toEqual([]);
  expect(retries[victim].filter(({ reason }) => reason.status !== undefined)).toEqual([]);
  for (const { clip, md5 } of ended) await expectEverywhere(pair, clip, md5);
}
