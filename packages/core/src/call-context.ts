import { BufferPool } from "./buffer-pool.js";
import type { DirectUploadClient } from "./client.js";
import type { FingerprintLanes } from "./fingerprint.js";
import type { RetryOptions } from "./retry.js";
import { createThrottle } from "./throttle.js";
import type { Transport } from "./transport.js";
import { checkUploadOptions, type UploadOptions } from "./upload-options.js";

/** What all uploads of one client share. */
export interface ClientContext {
  client: DirectUploadClient;
  transport: Transport;
  retry: RetryOptions;
  /** Hash whole contents. */
  lanes: FingerprintLanes;
  /** Hash single parts, which must not wait behind a whole file. */
  partLanes: FingerprintLanes;
  stateFolder: string | undefined;
  /** Where fingerprints are kept; `undefined` to keep none. */
  cacheFolder: string | undefined;
  /** What tells this client's uploads from those of another service or app. */
  account: string;
}

/** What all uploads of one call, of a file or of a batch, share. */
export interface CallContext extends ClientContext {
  pool: BufferPool;
  /** Small contents, from the moment they are read until they are sent. */
  contents: BufferPool;
  pace: ((bytes: number) => Promise<void>) | undefined;
  /** The last upload of each checksum: equal content waits for it, and is known then. */
  byChecksum: Map<string, Promise<unknown>>;
}

const defaultConcurrency = 4;
// Two are hashed and some wait for their plan while `defaultConcurrency` are sent.
const contentCount = 8;

export function createCallContext(
  context: ClientContext,
  options: Omit<UploadOptions, "onProgress">,
): CallContext {
  checkUploadOptions(options);
  const { concurrency = defaultConcurrency, maxBytesPerSecond } = options;
  return {
    ...context,
    pool: new BufferPool(concurrency),
    contents: new BufferPool(contentCount),
    pace: maxBytesPerSecond === undefined ? undefined : createThrottle(maxBytesPerSecond),
    byChecksum: new Map(),
  };
}
