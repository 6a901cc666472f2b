import path from "node:path";
import { UsageError } from "@clipcourier/batch";
import type { BucketOptions } from "@clipcourier/service";
import { flagOf } from "./config/serve-keys.js";
import type { ServeSettings } from "./config/serve-settings.js";
import { defaultFolder } from "./service-folder.js";

/** Where the service keeps everything: in a folder or in a bucket. */
export interface ServeGround {
  /** How it is called. */
  place: string;
  folder?: string;
  bucket?: BucketOptions;
}

const bucketKeys = ["endpoint", "region", "pathStyle", "publicEndpoint", "streamVideos"] as const;

/** @throws UsageError for a bucket that is none, and for what belongs to the other kind of place */
export async function readGround(settings: ServeSettings): Promise<ServeGround> {
  const { values, labelOf } = settings;
  if (values.bucket !== undefined) return readBucket(values.bucket, settings);
  for (const key of bucketKeys) {
    if (values[key] === undefined) continue;
    throw new UsageError(`${labelOf(key)} is for a service with ${flagOf("bucket")}.`);
  }
  const folder = path.resolve(values.folder ?? defaultFolder);
  return { place: folder, folder };
}

async function readBucket(
  address: string,
  { values, labelOf }: ServeSettings,
): Promise<ServeGround> {
  for (const key of ["folder", "readyFile"] as const) {
    if (values[key] === undefined) continue;
    throw new UsageError(`${labelOf(key)} is for a service without ${flagOf("bucket")}.`);
  }
  const { parseBucketUrl } = await import("@clipcourier/service/s3");
  const { endpoint, region, pathStyle, publicEndpoint } = values;
  try {
    const forcePathStyle = pathStyle;
    const place = parseBucketUrl(address);
    return {
      place: address,
      bucket: { ...place, endpoint, region, forcePathStyle, publicEndpoint },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${labelOf("bucket")}: ${reason}`);
  }
}
