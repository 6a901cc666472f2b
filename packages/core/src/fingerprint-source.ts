import type { BufferPool } from "./buffer-pool.js";
import type { Fingerprint, FingerprintLanes, FingerprintOptions } from "./fingerprint.js";
import { recallFingerprint, rememberFingerprint } from "./fingerprint-cache.js";
import type { OpenSource } from "./source.js";

export interface FingerprintContext {
  lanes: FingerprintLanes;
  /** Holds small contents from the moment they are read until they are sent. */
  contents: BufferPool;
  /** Where fingerprints are kept; `undefined` to keep none. */
  cacheFolder: string | undefined;
}

/** A fingerprint, and the memory that it may hold until the upload is through. */
export interface HeldFingerprint extends Disposable {
  fingerprint: Fingerprint;
}

/** Contents up to this size, one part nearly always, are read once and sent from memory. */
export const smallSize = 5 * 1024 * 1024;

/** The fingerprint of a source: from memory, from the cache where it still holds, or by hashing. */
export async function fingerprintSource(
  context: FingerprintContext,
  source: OpenSource,
  options: FingerprintOptions,
): Promise<HeldFingerprint> {
  if (source.size <= smallSize) return fingerprintContent(context, source, options);
  const { lanes, cacheFolder } = context;
  const { identity } = source;
  if (cacheFolder === undefined || identity === undefined) {
    return hold(await lanes.fingerprint(source, options));
  }
  const recalled = await recallFingerprint(cacheFolder, identity);
  if (recalled !== undefined) return hold(recalled);
  const fingerprint = await lanes.fingerprint(source, options);
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
  { lanes, contents }: FingerprintContext,
  source: OpenSource,
  { signal }: FingerprintOptions,
): Promise<HeldFingerprint> {
  const content = await contents.take(source.size, signal);
  try {
    await source.read(content, 0, signal);
    const md5 = await lanes.hashBytes(content, source.label);
    const fingerprint = { md5, blockSize: 1, crc32: new Uint32Array(), content };
    return hold(fingerprint, () => contents.giveBack(content));
  } catch (error) {
    contents.giveBack(content);
    throw error;
  }
}
