import type { WirePlan, WireUploadedPart } from "@clipcourier/core/wire";
import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import { noWishes } from "../src/catalog/clip-state.js";
import { ClipIds } from "../src/clips/clip-ids.js";
import type { AccountLimits } from "../src/limits/account-limits.js";
import { measureNothing } from "../src/metrics/measure.js";
import { openStations } from "../src/stations.js";
import { FolderStore } from "../src/store/folder/folder-store.js";
import type { Announcement } from "../src/uploads/open-uploads.js";
import { secret } from "./folder-store-secret.js";
import { type InterceptedCalls, interceptStore } from "./intercept-store.js";
import { chunksOf } from "./send-part.js";
import { makeFolder } from "./start-test-service.js";
import { makeContent, md5Hex, partOf } from "./upload-client.js";

export const startTime = Date.parse("2026-11-29T12:00:00.000Z");
export const hour = 60 * 60 * 1000;
const baseUrl = new URL("https://clips.example.com/");
const { signal: never } = new AbortController();

export type TestUploads = Awaited<ReturnType<typeof startUploads>>;

/**
 * The uploads of a service without its HTTP, where the clock stands and calls of the store can be others.
 *
 * @param given the store, where another process has it too
 */
export async function startUploads(given?: FolderStore, limits: AccountLimits = {}) {
  const clock = { now: startTime };
  const now = () => clock.now;
  const store = given ?? (await FolderStore.open(await makeFolder(), secret, { now }));
  const calls: InterceptedCalls = {};
  const { uploads, catalog, workers } = openStations({
    ...{ store: interceptStore(store, calls), secret, now, media: null, audit: null },
    ...{ logger: pino({ level: "silent" }), measure: measureNothing, urlLifetime: 60 },
    findLimits: () => limits,
  });
  onTestFinished(async () => void (await Promise.all(workers.map((worker) => worker.close()))));
  const settled = () => Promise.all(workers.map((worker) => worker.settled()));
  const listKeys = async (prefix: string) =>
    (await store.listObjects(prefix)).objects.map(({ key }) => key);
  const listUploads = async () =>
    (await store.listMultipartUploads("")).uploads.map(({ uploadId }) => uploadId);

  /** One content with what is asked of it. */
  const announce = (content = makeContent(100)) => {
    const address = { account: "acc_a", asset: "videoclip", checksum: md5Hex(content) };
    const id = new ClipIds(secret).of(address);
    const described = { size: content.length, mime: "video/mp4", filename: null, ...noWishes };
    const ask = (changes: Partial<Announcement> = {}, signal: AbortSignal = never) =>
      uploads.plan(address, { ...described, ...changes }, baseUrl, signal);
    /** The plan of an upload; fails where the content is stored already. */
    const plan = async (changes?: Partial<Announcement>): Promise<WirePlan> => {
      const planned = await ask(changes);
      return "plan" in planned ? planned.plan : expect.fail("The content is stored already.");
    };
    const send = async ({ urls }: WirePlan): Promise<WireUploadedPart[]> => {
      const rows: WireUploadedPart[] = [];
      for (const { PartNumber, url } of urls) {
        const part = partOf(content, PartNumber);
        const request = { url: new URL(url), contentLength: part.length, contentMd5: null };
        const { etag } = await store.uploadPart({ ...request, body: chunksOf(part) });
        rows.push({ PartNumber, ETag: etag });
      }
      return rows;
    };
    const finalize = (rows: WireUploadedPart[]) => uploads.finalize(address, rows);
    return {
      ...{ id, content, ask, plan, send, finalize },
      drop: () => uploads.drop(address),
      read: async () => (await catalog.read(id))?.state ?? null,
      /** Uploads the content and waits until it is verified. */
      upload: async () => {
        const clip = await finalize(await send(await plan()));
        await settled();
        return clip;
      },
    };
  };
  return { clock, store, calls, catalog, listKeys, listUploads, settled, announce };
}
