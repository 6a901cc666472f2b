import path from "node:path";
import type { BucketOptions } from "@clipcourier/service";
import { UsageError } from "../terminal/usage-error.js";
import { defaultFolder } from "./service-folder.js";

/** The flags that say where the service keeps everything. */
export interface GroundFlags {
  /** Absent with a bucket. */
  folder?: string;
  /** The address of a bucket, such as `s3://clips/prefix`. */
  bucket?: string;
  endpoint?: string;
  region?: string;
  pathStyle?: boolean;
  publicEndpoint?: string;
  streamVideos?: boolean;
  /** A path. */
  readyFile?: string;
}

/** Where the service keeps everything: in a folder or in a bucket. */
export interface ServeGround {
  /** How it is called. */
  place: string;
  folder?: string;
  bucket?: BucketOptions;
}

export async function readGround(flags: GroundFlags): Promise<ServeGround> {
  if (flags.bucket !== undefined) return readBucket(flags.bucket, flags);
  for (const [flag, value] of Object.entries(bucketFlags(flags))) {
    if (value !== undefined) throw new UsageError(`${flag} is for a service with --bucket.`);
  }
  const folder = path.resolve(flags.folder ?? defaultFolder);
  return { place: folder, folder };
}

async function readBucket(address: string, flags: GroundFlags): Promise<ServeGround> {
  for (const [flag, value] of [
    ["--folder", flags.folder],
    ["--ready-file", flags.readyFile],
  ]) {
    if (value !== undefined) throw new UsageError(`${flag} is for a service without --bucket.`);
  }
  const { parseBucketUrl } = await import("@clipcourier/service/s3");
  const { endpoint, region, pathStyle, publicEndpoint } = flags;
  try {
    const forcePathStyle = pathStyle;
    const place = parseBucketUrl(address);
    return {
      place: address,
      bucket: { ...place, endpoint, region, forcePathStyle, publicEndpoint },
    };
  } catch (error) {
    throw new UsageError(`--bucket: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function bucketFlags(flags: GroundFlags): Record<string, unknown> {
  return {
    "--endpoint": flags.endpoint,
    "--region": flags.region,
    "--path-style": flags.pathStyle,
    "--public-endpoint": flags.publicEndpoint,
    "--stream-videos": flags.streamVideos,
  };
}
