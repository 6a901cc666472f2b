import type { ObjectStore } from "../store/object-store.js";

/**
 * Finds the origin that videos are redirected to, which the policy of a page has to name; `null`
 * where the service sends them itself. It is the same for all objects.
 */
export function createMediaOrigin(
  store: ObjectStore,
  streamsVideos: boolean,
): () => Promise<string | null> {
  let origin: Promise<string | null> | null = null;
  const find = async () => {
    if (!store.presignGet || streamsVideos) return null;
    const expires = Math.floor(Date.now() / 1000) + 60;
    return new URL(await store.presignGet("clips/origin", { expires })).origin;
  };
  return () => {
    origin ??= find().catch((error: unknown) => {
      // Credentials may be there again for the next page.
      origin = null;
      throw error;
    });
    return origin;
  };
}
