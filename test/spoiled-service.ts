import type { ClientOptions, DirectUploadClient } from "@clipcourier/core";
import { inject, onTestFinished } from "vitest";
import { type FaultFront, type FaultFrontOptions, startFaultFront } from "./faults/fault-front.ts";
import type { RequestRecord } from "./faults/request-log.ts";
import { startTestService, type TestService, type TestServiceOptions } from "./start-service.ts";

export const mebibyte = 1024 * 1024;
export const partSize = 5 * mebibyte;

/** The real service behind a front that spoils what a script names. */
export interface SpoiledService {
  service: TestService;
  front: FaultFront;
  /** The root URL behind the front. */
  rootUrl: string;
  /** A client that goes through the front and is quick to try again. */
  connect(options?: Partial<ClientOptions>): DirectUploadClient;
  /** The part requests in the order of arrival: their number and how they ended. */
  parts(): { part: number | undefined; status: RequestRecord["status"] }[];
  /** How often finalize was asked for. */
  finalized(): number;
}

// Quick, and however slow the machine is, an outage that a test makes is not given up.
const retry = { minDelay: 5, maxDelay: 40, outage: 86_400_000 };

/** The engine behind the fronts, in a run on a bucket. */
function locateStorage(): FaultFrontOptions["storage"] {
  const bucket = inject("serviceBucket");
  if (!bucket?.endpoint) return undefined;
  return { path: `/${bucket.bucket}/`, upstream: bucket.endpoint };
}

/** By their origins, those that run. */
const fronts = new Map<string, FaultFront>();

export async function startSpoiledService(
  options: TestServiceOptions = {},
  frontOptions: Omit<FaultFrontOptions, "upstream"> = {},
): Promise<SpoiledService> {
  const storage = locateStorage();
  const front = await startFaultFront({
    upstream: "http://127.0.0.1:9",
    ...frontOptions,
    ...(storage && { storage }),
  });
  fronts.set(front.origin, front);
  onTestFinished(async () => {
    fronts.delete(front.origin);
    await front.close();
  });
  const service = await startTestService({
    publicUrl: front.origin,
    publicEndpoint: front.origin,
    ...options,
  });
  front.upstream = new URL(service.rootUrl).origin;
  const rootUrl = `${front.origin}/v2.7/`;
  return {
    ...{ service, front, rootUrl },
    connect: (changes) => service.connect({ rootUrl, retry, ...changes }),
    parts: () =>
      front.log
        .filter(({ method }) => method === "PUT")
        .map(({ part, status }) => ({ part, status })),
    finalized: () =>
      front.log.filter(({ method, path }) => method === "POST" && path.includes("/directupload/"))
        .length,
  };
}

/** The bytes behind a URL of a clip, fetched past the front where there is one. */
export async function download(given: string | undefined | null): Promise<Buffer> {
  const url = new URL(String(given));
  const front = fronts.get(url.origin);
  const answer = await fetch(front ? url.href.replace(front.origin, front.upstream) : url);
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
