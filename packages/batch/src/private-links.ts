import { type ClipLink, isDirectUploadError } from "@clipcourier/core";
import type { UploadRecord } from "./upload-record.js";

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

// The service makes none that is good for longer.
const longestLink = 30 * 24 * 3_600_000;

/** What {@link parseLinkTime} reads, for people. */
export const linkTimeForm = "a time such as 12h or 7d, at most 30 days";

/**
 * The milliseconds that `30m`, `12h` or `7d` stands for; `undefined` for any other text, and for more than
 * 30 days.
 */
export function parseLinkTime(text: string): number | undefined {
  const [, number, unit = ""] = /^([1-9]\d{0,5})\s*([mhd])$/i.exec(text.trim()) ?? [];
  const multiple = units[unit.toLowerCase()];
  if (number === undefined || multiple === undefined) return undefined;
  const milliseconds = Number(number) * multiple;
  return milliseconds > longestLink ? undefined : milliseconds;
}

/**
 * The record with a link that opens its clip, where that is private. A link that cannot be made is a
 * note, because the clip is there.
 *
 * @param createLink asks the service for a link to the clip with this id
 */
export async function addLink(
  record: UploadRecord,
  createLink: (id: string) => Promise<ClipLink>,
): Promise<UploadRecord> {
  const { id, outcome } = record;
  const isClip = outcome === "uploaded" || outcome === "known";
  if (!record.private || id === null || !isClip) return record;
  try {
    const { url, expiresOn } = await createLink(id);
    return { ...record, link: url, ...(expiresOn !== null && { linkExpires: expiresOn }) };
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    return { ...record, notes: [...record.notes, `There is no link to it: ${error.message}`] };
  }
}

/** Who can open a clip, where that is not everybody who has its address; else an empty text. */
export function describePrivacy({ private: isPrivate, link, linkExpires }: UploadRecord): string {
  if (!isPrivate) return "";
  if (link === undefined) return "private, so only a signed link opens it";
  if (linkExpires === undefined) return "private";
  return `private, the link expires on ${linkExpires.slice(0, 16).replace("T", " ")} UTC`;
}
