import { untilAborted } from "../signals.js";
import type { BufferPool } from "../source/buffer-pool.js";
import type { OpenSource } from "../source/open-source.js";
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
  /** Memory for small contents, from the moment they are read until they are sent. */
  contents: BufferPool;
  /** Where fingerprints are kept; `undefined` to keep none. */
  cacheFolder: string | undefined;
}

/** A fingerprint, and the memory of its content, which it holds until it is disposed. */
export interface HeldFingerprint extends Disposable {
  fingerprint: Fingerprint;
  /** Removes the fingerprint from the cache; absent where it did not come from there. */
  forget?: () => Promise<void>;
}

/**
 * Bytes. Contents up to this size are read once and sent from memory: most services take them as
 * one part.
 */
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

// The bytes that were hashed are the ones that are sent, so no CRC32 is needed.
async function fingerprintContent(
  { workers, contents }: FingerprintContext,
  source: OpenSource,
  { signal }: FingerprintOptions,
): Promise<HeldFingerprint> {
  const content = await contents.take(source.size, signal);
  const reading = source.read(content, 0);
  try {
    await untilAborted(reading, signal);
    const md5 = await computeMd5(workers, content, source.label, signal);
    return hold({ md5, crc32: new Uint32Array(), content }, () => contents.giveBack(content));
  } catch (error) {
    // A read that is no longer waited for may still fill the memory.
    contents.giveBackAfter(content, reading);
    throw error;
  }
}
