import { createHash } from "node:crypto";
import { DirectUploadClient, isDirectUploadError, type UploadResult } from "@clipcourier/core";
import type { AppKeys } from "../processes/serve-process.ts";
import type { Contents } from "./content.ts";

/** How often an upload is begun again that has failed in spite of the client's own retries. */
const roundsOfUpload = 5;

export interface Load {
  /** By the number of the content. */
  results: Map<number, UploadResult[]>;
  /** Requests that the clients have made again by themselves. */
  retries: number;
  /** Uploads that were begun again after they had failed. */
  failures: string[];
  seconds: number;
  bytes: number;
}

export interface LoadOptions {
  rootUrl: string;
  keys: AppKeys;
  contents: Contents;
  clients: number;
  signal: AbortSignal;
  /** Is told how many uploads have ended. */
  onUpload(done: number): void;
}

/** Uploads all contents with several clients at once. Rejects when an upload fails for good. */
export async function uploadAll(options: LoadOptions): Promise<Load> {
  const { contents, clients } = options;
  const load: Load = { results: new Map(), retries: 0, failures: [], seconds: 0, bytes: 0 };
  const begin = performance.now();
  const queue = contents.numbers.values();
  let done = 0;
  const lane = async () => {
    await using client = new DirectUploadClient({ ...options, ...options.keys, proxyEnv: {} });
    for (const number of queue) {
      const result = await uploadOne(client, number, options, load);
      load.results.set(number, [...(load.results.get(number) ?? []), result]);
      load.bytes += result.size;
      done += 1;
      options.onUpload(done);
    }
  };
  await Promise.all(Array.from({ length: clients }, lane));
  load.seconds = (performance.now() - begin) / 1000;
  return load;
}

async function uploadOne(
  client: DirectUploadClient,
  number: number,
  { contents, signal }: LoadOptions,
  load: Load,
): Promise<UploadResult> {
  const content = contents.make(number);
  const onRetry = () => {
    load.retries += 1;
  };
  for (let round = 1; ; round += 1) {
    try {
      const result = await client.upload(content, {
        ...{ filename: `${number}.mp4`, signal, onRetry },
      });
      const checksum = createHash("md5").update(content).digest("hex");
      if (result.clip.status === "available" && result.checksum === checksum) return result;
      throw new Error(`Upload ${number} ended as ${JSON.stringify(result)}`);
    } catch (error) {
      if (!isDirectUploadError(error) || round === roundsOfUpload || signal.aborted) throw error;
      load.failures.push(`upload ${number}: ${error.code}: ${error.message}`);
    }
  }
}
