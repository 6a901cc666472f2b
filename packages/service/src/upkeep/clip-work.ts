import type { Catalog, ClipRecord, Lease } from "../catalog/catalog.js";
import { toClip } from "../catalog/clip-state.js";
import type { Verifier } from "../clips/verifier.js";
import type { JoinedUploads } from "../uploads/joined-uploads.js";
import type { OpenUploads } from "../uploads/open-uploads.js";

// A finalize that has not joined the parts by then has failed: the next one adds work of its own.
const openTime = 10 * 60_000;
const openDelay = 60_000;

export interface ClipWorkOptions {
  catalog: Catalog;
  open: OpenUploads;
  joined: JoinedUploads;
  verifier: Verifier;
  now: () => number;
}

/**
 * Does the work on one clip: records the clip if its parts were joined and nothing more, then
 * verifies it. Resolves to the milliseconds after which it has to be tried again, or `null`.
 */
export async function workOnClip(
  options: ClipWorkOptions,
  lease: Lease,
  signal: AbortSignal,
): Promise<number | null> {
  const { catalog, open, joined, verifier, now } = options;
  const record = await catalog.read(lease.id, { signal });
  const upload = record?.state.upload;
  let pending: ClipRecord | null = null;
  if (record?.state.status === "pending") pending = record;
  else if (record && upload) {
    const isOpen = (await open.listParts(lease.id, upload)) !== null;
    if (!isOpen) pending = await joined.recover(record, upload);
    // The parts may be joined at this moment, also where the store shows neither them nor the whole.
    if (!pending) return now() - lease.addedAt < openTime ? openDelay : null;
  }
  const clip = toClip((pending ?? record)?.state);
  // A process that ended right after the verification may not have recorded what follows.
  if (clip?.status === "available") await catalog.restoreWork(clip);
  if (!pending || clip?.status !== "pending") return null;
  if (!lease.isNew) await catalog.reenter(clip);
  await verifier.verify(pending, signal);
  return null;
}
