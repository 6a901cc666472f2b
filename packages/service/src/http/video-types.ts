// Types that a browser plays or downloads, and never runs.
const playable: ReadonlySet<string> = new Set([
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
};

/** The ending that the names of files with this type have, without a dot. */
export function extensionOf(type: string): string {
  return extensions[type] ?? "bin";
}

/** How a video is served: anything that is not known to be harmless is only downloaded. */
export function servingOf(type: string): { type: string; disposition: "inline" | "attachment" } {
  return playable.has(type)
    ? { type, disposition: "inline" }
    : { type: "application/octet-stream", disposition: "attachment" };
}
