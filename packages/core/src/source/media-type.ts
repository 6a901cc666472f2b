/** The protocol's default. The `mime` parameter is sent only for another type. */
export const defaultMediaType = "video/mp4";

const mediaTypes = new Map([
  ["mp4", "video/mp4"],
  ["m4v", "video/mp4"],
  ["mov", "video/quicktime"],
  ["avi", "video/x-msvideo"],
  ["webm", "video/webm"],
  ["mkv", "video/x-matroska"],
]);

/** The extensions of the videos that are known by their names, in lower case and without the dot. */
export const videoExtensions: readonly string[] = [...mediaTypes.keys()];

/**
 * The media type of a file name by its extension, in any case: .mp4 and .m4v, .mov, .avi, .webm,
 * .mkv. `video/mp4` for every other, which is the protocol's default.
 */
export function getMediaType(filename: string): string {
  const extension = /\.([^.\\/]+)$/.exec(filename)?.[1]?.toLowerCase();
  return mediaTypes.get(extension ?? "") ?? defaultMediaType;
}
