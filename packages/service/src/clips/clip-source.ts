import type { MediaSource } from "../media/types.js";
import type { ObjectStore } from "../store/object-store.js";

/** Seconds. It is longer than any work on a video may take. */
const sourceLifetime = 3 * 60 * 60;

/** Where the media work reads an object: a file of this machine, or a URL that is valid for a while. */
export async function locateSource(
  store: ObjectStore,
  key: string,
  size: number,
): Promise<MediaSource> {
  if (store.localPath) return store.localPath(key);
  if (!store.presignGet) throw new Error("The store has neither files nor addresses.");
  const expires = Math.floor(Date.now() / 1000) + sourceLifetime;
  return { url: await store.presignGet(key, { expires }), size };
}
