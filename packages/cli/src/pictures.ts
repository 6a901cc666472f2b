import { createMedia, type Media } from "@clipcourier/service";

/** Makes pictures and facts, and says once why there are none, where that is so. */
export function createPictures(tell: (text: string) => void): Media {
  const media = createMedia();
  let isTold = false;
  return {
    async inspect(file, signal) {
      const result = await media.inspect(file, signal);
      if (result.outcome === "unavailable" && !signal?.aborted && !isTold) {
        isTold = true;
        tell(`Clips get no pictures here: ${result.reason}.`);
      }
      return result;
    },
    close: () => media.close(),
  };
}
