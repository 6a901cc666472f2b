import { UsageError } from "@clipcourier/batch";
import { createMedia, type Media, type MediaOptions } from "@clipcourier/service";
import type { ServeSettings } from "./config/serve-settings.js";

/** A program that was named has to work. What is found without a name is told once the service is up. */
export async function createServeMedia({ values, labelOf }: ServeSettings): Promise<Media> {
  const { ffmpeg, mediaLanes, mediaTime, mediaMemory, renditions } = values;
  const { renditionLanes, renditionTime, renditionSize, comparisonTime } = values;
  const options: MediaOptions = {
    ...(mediaLanes !== undefined && { concurrency: mediaLanes }),
    ...(mediaTime !== undefined && { timeLimit: mediaTime }),
    ...(mediaMemory !== undefined && { memoryLimit: mediaMemory }),
    ...(comparisonTime !== undefined && { comparisonTimeLimit: comparisonTime }),
    renditions: renditions && {
      ...(renditionLanes !== undefined && { concurrency: renditionLanes }),
      ...(renditionTime !== undefined && { timeLimit: renditionTime }),
      ...(renditionSize !== undefined && { byteLimit: renditionSize }),
    },
  };
  if (ffmpeg === undefined) return createMedia(options);
  const media = createMedia({ ...options, ffmpeg });
  const engine = await media.findEngine?.();
  if (engine && "missing" in engine)
    throw new UsageError(`${labelOf("ffmpeg")}: ${engine.missing}.`);
  return media;
}
