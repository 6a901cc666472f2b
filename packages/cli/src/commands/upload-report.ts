import {
  describePlaying,
  describePrivacy,
  formatDuration,
  toPrintable,
  type UploadRecord,
} from "@clipcourier/batch";
import { formatBytes } from "@clipcourier/core";
import type { Colors } from "../terminal/output.js";

/** What a person reads about one file that is a clip now. */
export function describeUpload(record: UploadRecord, colors: Colors): string {
  const lines = [`${colors.bold(toPrintable(record.file))}: ${describeOutcome(record)}`];
  for (const [name, value] of [
    ["id", record.id],
    ["page", record.url],
    ["link", record.link],
    ["access", describeAccess(record)],
    ["thumbnail", record.thumbnail],
    ["preview", record.preview],
    ["plays", describePlaying(record)],
  ] as const) {
    if (value) lines.push(`  ${colors.dim(name.padEnd(9))}  ${toPrintable(value)}`);
  }
  return lines.join("\n");
}

/** Who can open it, where that is not everybody who has its address. */
function describeAccess(record: UploadRecord): string {
  const access = describePrivacy(record);
  const hasNone = record.private === true && record.link === undefined;
  return hasNone ? `${access}: clipcourier link ${record.id}` : access;
}

function describeOutcome(record: UploadRecord): string {
  const { outcome, status, size, bytesSent, bytesReused, milliseconds } = record;
  if (outcome === "known") return "known already, 0 bytes sent";
  const reused = bytesReused > 0 ? `, ${formatBytes(bytesReused)} were there already` : "";
  const sent = bytesSent === size ? "" : `, ${formatBytes(bytesSent)} sent`;
  const pending = status === "pending" ? "; the clip is still being made" : "";
  return `uploaded ${formatBytes(size ?? 0)} in ${formatDuration(milliseconds)}${sent}${reused}${pending}`;
}
