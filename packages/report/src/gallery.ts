import {
  countOutcome,
  describePlaying,
  describePrivacy,
  formatCount,
  formatDuration,
  isPhoto,
  type UploadRecord,
} from "@clipcourier/batch";
import { formatBytes } from "@clipcourier/core";
import { buildLongest, code, escapeText, link, picture, quote, table } from "./markdown.js";

const header = ["Preview", "File", "Clip", "Duration", "Resolution", "Size", "Outcome"];

/** A table with a row for each of the first `shown` records. */
export function buildGallery(records: readonly UploadRecord[], shown: number): string {
  const rows = records
    .slice(0, shown)
    .map((record) => [
      showClip(record, 240),
      code(nameRecord(record)),
      record.id === null ? "" : link(addressOf(record), code(record.id)),
      record.duration === null ? "" : formatDuration(1000 * record.duration),
      describeResolution(record),
      record.size === null ? "" : formatBytes(record.size),
      describeOutcome(record),
    ]);
  return [table(header, rows), ...describeRest(records.length - shown)].join("\n\n");
}

// What GitHub's comments and job outputs have room for.
const mostCharacters = 65_536;

/** The gallery of as many records as fit into a comment; an empty text where there are none. */
export function buildMarkdown(records: readonly UploadRecord[]): string {
  if (records.length === 0) return "";
  return buildLongest(
    records.length,
    (text) => text.length <= mostCharacters,
    (shown) => buildGallery(records, shown),
  );
}

/** The line that says how many rows were left out. */
export function describeRest(count: number): string[] {
  return count > 0 ? [`… and ${count} more, for which there is no room here.`] : [];
}

/** `3 uploaded, 1 known, 1 failed`, and where there are photos `2 videos and 3 photos: 5 uploaded`. */
export function describeCounts(records: readonly UploadRecord[]): string {
  const outcomes = ["uploaded", "known", "failed", "skipped"] as const;
  const counts = outcomes
    .map((outcome) => ({ outcome, count: countOutcome(records, outcome) }))
    .filter(({ count }) => count > 0);
  if (counts.length === 0) return formatCount(0, "file");
  return (
    describeKinds(records) + counts.map(({ outcome, count }) => `${count} ${outcome}`).join(", ")
  );
}

/** An empty text where there are videos alone, which needs not be said. */
function describeKinds(records: readonly UploadRecord[]): string {
  const photos = records.filter(isPhoto).length;
  if (photos === 0) return "";
  const videos = records.length - photos;
  const kinds = [
    ...(videos === 0 ? [] : [formatCount(videos, "video")]),
    formatCount(photos, "photo"),
  ];
  return `${kinds.join(" and ")}: `;
}

/** The name that people read: the file, after the name of its job where results are gathered. */
export function nameRecord({ file, job }: UploadRecord): string {
  return job === undefined ? file : `${job}: ${file}`;
}

type ShownClip = Pick<
  UploadRecord,
  "file" | "url" | "preview" | "thumbnail" | "placeholder" | "link" | "asset"
>;

/** The picture of a clip, else a word, as a link to its page. */
export function showClip(clip: ShownClip, width: number): string {
  if (clip.url === null) return "";
  return link(addressOf(clip), picture(pictureOf(clip), clip.file, width) ?? wordOf(clip));
}

function wordOf({ asset }: Pick<ShownClip, "asset">): string {
  return asset === "photo" ? "View" : "Watch";
}

/** The page of a clip, with a signature where one was asked for. */
export function addressOf(clip: Pick<UploadRecord, "url" | "link">): string | null {
  return clip.link ?? clip.url;
}

/**
 * The preview GIF, else the thumbnail, which a photo has alone. Of a private clip it is a neutral picture: forges fetch a
 * picture for all who read, and keep it.
 */
export function pictureOf(clip: Omit<ShownClip, "file" | "url" | "link" | "asset">): string | null {
  return clip.placeholder ?? clip.preview ?? clip.thumbnail;
}

/** `6.0 s, 1280×720, 3.2 MiB`, without what is not known. */
export function describeFacts(record: UploadRecord): string {
  const facts = [
    record.duration === null ? "" : formatDuration(1000 * record.duration),
    describeResolution(record),
    record.size === null ? "" : formatBytes(record.size),
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}

export function describeOutcome(record: UploadRecord): string {
  const { outcome, error, status } = record;
  if (error !== null) return `${outcome}: ${code(error.message)}`;
  const stored = status === "pending" ? `${outcome}, still being made` : escapeText(outcome);
  const more = [describePrivacy(record), describePlaying(record)].filter((text) => text !== "");
  return [stored, ...more.map(quote)].join("; ");
}

function describeResolution({ width, height }: UploadRecord): string {
  return width === null || height === null ? "" : `${width}×${height}`;
}
