import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Store } from "./store.js";

/** Runs `work` on an object as a local file: the store's own, or a copy that is deleted after it. */
export async function withLocalFile<T>(
  store: Store,
  key: string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  if (store.localPath) return work(store.localPath(key));
  const object = await store.getObject(key);
  if (!object) throw new Error(`The object ${key} is missing.`);
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-"));
  try {
    const file = path.join(folder, "content");
    await pipeline(Readable.fromWeb(object.body), createWriteStream(file));
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
