import type { FailedUpload } from "../errors.js";
import type { HashWorkers } from "../fingerprint/hash-workers.js";
import type { RetryBudget } from "../http/retry-budget.js";
import type { StorageHosts } from "../http/storage-hosts.js";
import type { Transport } from "../http/transport.js";
import { createThrottle, type Pace } from "../parts/throttle.js";
import type { ProgressMeter } from "../progress.js";
import type { CallOptions, Protocol } from "../protocol/protocol.js";
import { BufferPool } from "../source/buffer-pool.js";
import type { OpenSource } from "../source/open-source.js";
import { checkUploadOptions, type UploadOptions } from "./options.js";

/** What all uploads of one client share. */
export interface ClientContext {
  protocol: Protocol;
  transport: Transport;
  storageHosts: StorageHosts;
  workers: HashWorkers;
  stateFolder: string | undefined;
  /** Where fingerprints are kept; `undefined` to keep none. */
  cacheFolder: string | undefined;
  /** Distinguishes this client's uploads from those to another service or of another app. */
  account: string;
  /** Uploads by checksum: one of the same content waits until the one before it has ended. */
  byChecksum: Map<string, Promise<unknown>>;
  /** Aborted when the client is closed. */
  closed: AbortSignal;
}

/** What all uploads of one call, of a file or of a batch, share. */
export interface CallContext extends ClientContext {
  options: Omit<UploadOptions, "onProgress" | "filename">;
  /** Memory for the parts in flight. */
  pool: BufferPool;
  /** Memory for small contents, from the moment they are read until they are sent. */
  contents: BufferPool;
  pace: Pace | undefined;
}

/** One source on its way to a clip. */
export interface Upload {
  context: CallContext;
  source: OpenSource;
  meter: ProgressMeter;
  signal: AbortSignal;
  /** What this upload may spend on retries, in all its requests together. */
  budget: RetryBudget;
  onRetry: CallOptions["onRetry"];
  /** Called when the client has a session, with `undefined`, or could not sign in. */
  onSignIn: ((error: unknown) => void) | undefined;
  /** What is known by now, for the error of an upload that fails. */
  known: FailedUpload;
}

const defaultConcurrency = 4;
// 15 MiB of memory. More would not be faster: hashing and sending keep two cores busy.
const contentCount = 3;

export function createCallContext(
  context: ClientContext,
  options: CallContext["options"],
): CallContext {
  checkUploadOptions(options);
  const { concurrency = defaultConcurrency, maxBytesPerSecond } = options;
  return {
    ...context,
    options,
    pool: new BufferPool(concurrency),
    contents: new BufferPool(contentCount),
    pace: maxBytesPerSecond === undefined ? undefined : createThrottle(maxBytesPerSecond),
  };
}
