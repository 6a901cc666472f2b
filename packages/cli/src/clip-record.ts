import type { Clip } from "@clipcourier/core";

/** A clip in the output of `--json`. */
export interface ClipRecord {
  id: string;
  /** The page that plays it. */
  url: string;
  thumbnail: string | null;
  /** An animated GIF. */
  preview: string | null;
  status: Clip["status"];
}

export function toClipRecord({ id, url, thumbnailUrl, previewGif, status }: Clip): ClipRecord {
  return { id, url, thumbnail: thumbnailUrl, preview: previewGif, status };
}

/** A clip with the facts that the service gives. */
export function toClipDetails(clip: Clip): ClipRecord & Partial<Clip> {
  const { thumbnailUrl: _, previewGif: __, ...facts } = clip;
  return { ...toClipRecord(clip), ...facts };
}
