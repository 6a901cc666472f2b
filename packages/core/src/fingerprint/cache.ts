import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import type { FileIdentity } from "../source/open-source.js";
import { prepareStateFile } from "../state-folder.js";
import { blockSize } from "./block-size.js";
import type { Fingerprint } from "./fingerprint.js";

const entry = v.object({
  identity: v.string(),
  md5: v.string(),
  blockSize: v.literal(blockSize),
  crc32: v.string(),
});

// Milliseconds. File systems keep times in steps of up to two seconds: a second edit within the
// same step would leave no trace.
const timestampStep = 2_000;

/** The fingerprint of this file in exactly this state, from an earlier run. */
export async function recallFingerprint(
  stateFolder: string,
  identity: FileIdentity,
): Promise<Fingerprint | undefined> {
  try {
    const path = await prepareStateFile(stateFolder, "fingerprints", resolve(identity.path));
    const found = v.parse(entry, JSON.parse(await readFile(path, "utf8")));
    if (found.identity !== describe(identity)) return undefined;
    const bytes = Buffer.from(found.crc32, "base64");
    const crc32 = new Uint32Array(new Uint8Array(bytes).buffer);
    // Otherwise the entry was cut or edited.
    if (crc32.length !== Math.ceil(Number(identity.size) / blockSize)) return undefined;
    return { md5: found.md5, crc32 };
  } catch {
    // No entry, or one that is damaged: the file is hashed.
    return undefined;
  }
}

/** Keeps a fingerprint, unless the file is too young for its times to prove anything. */
export async function rememberFingerprint(
  stateFolder: string,
  identity: FileIdentity,
  { md5, crc32 }: Fingerprint,
): Promise<void> {
  const youngest = BigInt(Date.now() - timestampStep) * 1_000_000n;
  if (identity.mtime > youngest || identity.ctime > youngest) return;
  const path = await prepareStateFile(stateFolder, "fingerprints", resolve(identity.path));
  const encoded: v.InferOutput<typeof entry> = {
    identity: describe(identity),
    md5,
    blockSize,
    crc32: Buffer.from(crc32.buffer, crc32.byteOffset, crc32.byteLength).toString("base64"),
  };
  // Two programs may write at once; a reader must see one entry or the other.
  const temporary = `${path}.${process.pid}-${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(encoded), { mode: 0o600 });
  await rename(temporary, path);
}

/** Removes the entry of a file, because it has proved wrong. */
export async function forgetFingerprint(
  stateFolder: string,
  identity: FileIdentity,
): Promise<void> {
  const path = await prepareStateFile(stateFolder, "fingerprints", resolve(identity.path));
  await rm(path, { force: true });
}

function describe({ device, inode, size, mtime, ctime }: FileIdentity): string {
  return [device, inode, size, mtime, ctime].join(" ");
}
