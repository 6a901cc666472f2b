import type { Asset } from "../clip.js";

/** The protocol's default. The `mime` parameter is sent only for another type. */
export const defaultMediaType = "video/mp4";

const mediaTypes = new Map([
  ["mp4", "video/mp4"],
  ["m4v", "video/mp4"],
  ["mov", "video/quicktime"],
  ["avi", "video/x-msvideo"],
  ["webm", "video/webm"],
  ["mkv", "video/x-matroska"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["avif", "image/avif"],
  ["gif", "image/gif"],
]);

/** The extensions of the videos that are known by their names, in lower case and without the dot. */
export const videoExtensions: readonly string[] = extensionsOf("videoclip");

/** The same of the pictures. SVG is none of them: a browser runs what is in it. */
export const photoExtensions: readonly string[] = extensionsOf("photo");

/** The media types of pictures that become photos. */
export const photoTypes: ReadonlySet<string> = new Set(
  photoExtensions.map((extension) => mediaTypes.get(extension) ?? ""),
);

/** What content of a media type is uploaded as. */
export function assetOf(mediaType: string): Asset {
  return mediaType.startsWith("image/") ? "photo" : "videoclip";
}

/**
 * The media type of a file name by its extension, in any case: that of a video (.mp4 and .m4v, .mov,
 * .avi, .webm, .mkv) or of a picture (.png, .jpg and .jpeg, .webp, .avif, .gif). `video/mp4` for every
 * other, which is the protocol's default.
 */
export function getMediaType(filename: string): string {
  const extension = /\.([^.\\/]+)$/.exec(filename)?.[1]?.toLowerCase();
  return mediaTypes.get(extension ?? "") ?? defaultMediaType;
}

function extensionsOf(asset: Asset): string[] {
  return [...mediaTypes].filter(([, type]) => assetOf(type) === asset).map(([name]) => name);
}
