import type { BufferPool } from "../source/buffer-pool.js";
import type { OpenSource } from "../source/source.js";
import { forgetFingerprint, recallFingerprint, rememberFingerprint } from "./cache.js";
import {
  computeFingerprint,
  computeMd5,
  type Fingerprint,
  type FingerprintOptions,
} from "./fingerprint.js";
import type { HashWorkers } from "./hash-workers.js";

export interface FingerprintContext {
  workers: HashWorkers;
  /** Holds small contents from the moment they are read until they are sent. */
  contents: BufferPool;
  /** Where fingerprints are kept; `undefined` to keep none. */
  cacheFolder: string | undefined;
}

/** A fingerprint, and the memory that it may hold until the upload is finished. */
export interface HeldFingerprint extends Disposable {
  fingerprint: Fingerprint;
  /** Takes a fingerprint that was not computed but remembered out of the cache. */
  forget?: () => Promise<void>;
}

/** Contents up to this size are read once and sent from memory: with most services they are one part. */
export const smallSize = 5 * 1024 * 1024;

/** The fingerprint of a source: from memory, from the cache where it still holds, or by hashing. */
export async function fingerprintSource(
  context: FingerprintContext,
  source: OpenSource,
  options: FingerprintOptions,
): Promise<HeldFingerprint> {
  if (source.size <= smallSize) return fingerprintContent(context, source, options);
  const { workers, cacheFolder } = context;
  const identity = source.file?.identity;
  if (cacheFolder === undefined || identity === undefined) {
    return hold(await computeFingerprint(workers, source, options));
  }
  const recalled = await recallFingerprint(cacheFolder, identity);
  if (recalled !== undefined) {
    return { ...hold(recalled), forget: () => forgetFingerprint(cacheFolder, identity) };
  }
  const fingerprint = await computeFingerprint(workers, source, options);
  await source.assertUnchanged();
  // A cache that cannot be written costs time, not the upload.
  await rememberFingerprint(cacheFolder, identity, fingerprint).catch(() => {});
  return hold(fingerprint);
}

function hold(fingerprint: Fingerprint, release: () => void = () => {}): HeldFingerprint {
  return { fingerprint, [Symbol.dispose]: release };
}

// What was hashed is what is sent, so no CRC32 is needed.
async function fingerprintContent(
  { workers, contents }: FingerprintContext,
  source: OpenSource,
  { signal }: FingerprintOptions,
): Promise<HeldFingerprint> {
  const content = await contents.take(source.size, signal);
  try {
    await source.read(content, 0, signal);
    const md5 = await computeMd5(workers, content, source.label, signal);
    return hold({ md5, crc32: new Uint32Array(), content }, () => contents.giveBack(content));
  } catch (error) {
    contents.discard();
    throw error;
  }
}
