import { createMedia, type Media } from "@clipcourier/service";

/**
 * Makes thumbnails, previews and facts. When they cannot be made here, it reports the reason once.
 */
export function createPictures(onNotice: (text: string) => void): Media {
  const media = createMedia();
  let isReported = false;
  return {
    ...media,
    async inspect(file, options, signal) {
      const result = await media.inspect(file, options, signal);
      if (result.outcome === "unavailable" && !signal?.aborted && !isReported) {
        isReported = true;
        onNotice(`Clips get no pictures here: ${result.detail ?? result.reason}.`);
      }
      return result;
    },
  };
}
