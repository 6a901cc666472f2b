import type { VideoDiff, WireComparison } from "@clipcourier/core/wire";
import type { CompareResult, Media } from "../src/media/types.js";
import { answering, readyResult } from "./fake-media.js";
import { listKeys, signIn, startTestService, type TestService } from "./start-test-service.js";
import { type Answer, first, makeContent, UploadClient } from "./upload-client.js";

export const diff: VideoDiff = {
  verdict: "changed",
  summary: "Changed from 0:05.0 to 0:07.5, 12 % of the picture.",
  reason: null,
  ranges: [
    {
      kind: "changed",
      ...{ old: { from: 5, to: 7.5 }, new: { from: 5, to: 7.5 } },
      ...{ share: 0.12, regions: [{ x: 0, y: 0, width: 100, height: 50 }] },
    },
  ],
  delay: { start: 0, most: 0 },
  ...{ old: null, new: null },
};
export const picture = Buffer.from("a GIF of what has changed");
export const ready: CompareResult = { outcome: "ready", diff, picture };

export type Compare = NonNullable<Media["compare"]>;

/** Media that compare as they are told, and the options with which they were asked. */
export function comparing(compare: Compare = async () => ready) {
  const asked: Parameters<Compare>[2][] = [];
  const media: Media = {
    ...answering(readyResult()),
    compare(old, now, options, ...rest) {
      asked.push(options);
      return compare(old, now, options, ...rest);
    },
  };
  return { asked, media };
}

interface Body {
  ignore?: unknown;
  tolerance?: unknown;
}

/** The calls of one account. */
export class Comparing {
  readonly client: UploadClient;

  constructor(client: UploadClient) {
    this.client = client;
  }

  static async on(service: TestService): Promise<Comparing> {
    return new Comparing(new UploadClient(service, await signIn(service)));
  }

  async clip(): Promise<string> {
    return (await this.client.uploadAndSettle(makeContent(100))).id;
  }

  ask(now: string, old: string, body?: Body | string): Promise<Answer<WireComparison>> {
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    return this.client.call<WireComparison>(`me/videoclips/${now}/comparisons/${old}`, {
      method: "POST",
      ...(text !== undefined && { body: text, headers: { "Content-Type": "application/json" } }),
    });
  }

  get(now: string, old: string): Promise<Answer<WireComparison>> {
    return this.client.call<WireComparison>(`me/videoclips/${now}/comparisons/${old}`);
  }

  link(now: string, old: string): Promise<Answer<WireComparison>> {
    return this.client.call<WireComparison>(`me/videoclips/${now}/comparisons/${old}/link`, {
      method: "POST",
    });
  }

  /** Asks, and waits for what comes of it. */
  async settle(now: string, old: string, body?: Body): Promise<WireComparison> {
    await this.ask(now, old, body);
    await this.client.service.settled();
    return first(await this.get(now, old));
  }
}

/** A service whose comparisons are made as they are told, with two clips of one account. */
export async function start(compare?: Compare) {
  const { asked, media } = comparing(compare);
  return { asked, ...(await clipsOn(await startTestService({ media }))) };
}

/** Two clips of a new account. */
export async function clipsOn(service: TestService) {
  const mine = await Comparing.on(service);
  const [old, now] = [await mine.clip(), await mine.clip()];
  return { service, mine, old, now };
}

/** The same account on a service that is started again, with other media. */
export async function restart(
  { client }: Comparing,
  options: { media: Media },
): Promise<Comparing> {
  const { service, session } = client;
  await service.close();
  const next = await startTestService({ folder: service.folder, ...options });
  return new Comparing(new UploadClient(next, session));
}

/** The files of the comparisons of a clip. */
export async function listFiles(service: TestService, id: string): Promise<string[]> {
  const keys = await listKeys(service, `clips/${id}/`);
  return keys.filter((key) => key.includes("/comparisons/"));
}
