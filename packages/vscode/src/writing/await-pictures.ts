import { setTimeout as sleep } from "node:timers/promises";
import type { Clip, DirectUploadClient } from "@clipcourier/core";

const pause = 1_000;
const mostQuestions = 15;

/**
 * Asks for a clip until it has its preview, for about 15 seconds. What fails meanwhile is no failure
 * of the clip: it is given as it was known last.
 */
export async function awaitPictures(
  clip: Clip,
  openClient: () => Promise<DirectUploadClient>,
  signal: AbortSignal,
): Promise<Clip> {
  if (isComplete(clip)) return clip;
  let known = clip;
  try {
    await using client = await openClient();
    for (let question = 0; question < mostQuestions && !isComplete(known); question++) {
      await sleep(pause, undefined, { signal });
      known = await client.getClip(clip.id, { signal, retry: { attempts: 2 } });
    }
  } catch {
    return known;
  }
  return known;
}

// A service that tells where to download a clip has made its pictures before, or makes none of it.
function isComplete({ status, previewGif, downloadUrl }: Clip): boolean {
  if (status === "failed" || previewGif !== null) return true;
  return status === "available" && downloadUrl !== undefined;
}
