import { photoTypes } from "@clipcourier/core/wire";

// Types that a browser shows, plays or downloads, and never runs.
const harmless: ReadonlySet<string> = new Set([
  ...photoTypes,
  "video/3gpp",
  "video/3gpp2",
  "video/av1",
  "video/h264",
  "video/matroska",
  "video/mp2t",
  "video/mp4",
  "video/mpeg",
  "video/ogg",
  "video/quicktime",
  "video/webm",
  "video/x-flv",
  "video/x-m4v",
  "video/x-matroska",
  "video/x-ms-asf",
  "video/x-ms-wmv",
  "video/x-msvideo",
  "video/avi",
  "video/msvideo",
]);

const extensions: Readonly<Record<string, string>> = {
  "video/mp4": "mp4",
  "video/x-m4v": "m4v",
  "video/quicktime": "mov",
  "video/webm": "webm",
  "video/ogg": "ogv",
  "video/x-matroska": "mkv",
  "video/matroska": "mkv",
  "video/x-msvideo": "avi",
  "video/mp2t": "ts",
  "video/mpeg": "mpg",
  "video/x-flv": "flv",
  "video/x-ms-asf": "asf",
  "video/x-ms-wmv": "wmv",
  "video/3gpp": "3gp",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/gif": "gif",
};

/** The ending that the names of files with this type have, without a dot. */
export function extensionOf(type: string): string {
  return extensions[type] ?? "bin";
}

/** How content is served: anything that is not known to be harmless is only downloaded. */
export function servingOf(type: string): { type: string; disposition: "inline" | "attachment" } {
  return harmless.has(type)
    ? { type, disposition: "inline" }
    : { type: "application/octet-stream", disposition: "attachment" };
}
