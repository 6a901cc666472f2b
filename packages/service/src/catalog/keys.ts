import { createHash } from "node:crypto";

/** Where everything is in the object store. Nothing else knows these names. */

// Milliseconds of the year 2286, the last with 13 digits. Subtracted from it, a later time comes first.
const endOfTime = 9_999_999_999_999;
const timeDigits = 13;
// About 2.8 hours: a store on a folder keeps what has these digits in common in one folder.
const groupDigits = 6;

const clipFiles = [
  "content",
  "thumbnail.jpg",
  "preview.gif",
  "preview.webp",
  "storyboard.jpg",
  "rendition.mp4",
] as const;
export type ClipFile = (typeof clipFiles)[number];

export const prefixes = {
  clips: "clips/",
  work: "work/",
  renditions: "renditions/",
  deliveries: "deliveries/",
  comparisons: "comparisons/",
  expire: "expire/",
  damaged: "damaged/",
};

/** Which rules of retention were in force. */
export const retentionKey = "retention.json";

/** The keys that sign statements. */
export const statementKeysKey = "statement-keys.json";

/** Which accounts are private. */
export const privacyKey = "privacy.json";

/** What is below this belongs to one clip. */
export function clipPrefix(id: string): string {
  return `${prefixes.clips}${id}/`;
}

/** The state of a clip, which is changed by compare-and-swap alone. */
export function stateKey(id: string): string {
  return `${clipPrefix(id)}state.json`;
}

/**
 * A file of a clip. The version is drawn for each upload, so that a late part of an earlier upload
 * cannot change bytes that were verified.
 */
export function fileKey(id: string, version: string, file: ClipFile): string {
  return `${clipPrefix(id)}${version}/${file}`;
}

/** All files that one upload leads to. */
export function fileKeys(id: string, version: string): string[] {
  return clipFiles.map((file) => fileKey(id, version, file));
}

/** The result of a comparison, and the picture of what has changed most. */
export function comparisonKeys(
  id: string,
  version: string,
  { askedOn }: { askedOn: string },
): { result: string; picture: string } {
  const start = `${clipPrefix(id)}${version}/comparisons/${Date.parse(askedOn)}`;
  return { result: `${start}.json`, picture: `${start}.gif` };
}

/** When the comparison was asked for that a file is of, in milliseconds since 1970; `null` for others. */
export function comparisonOf(key: string): number | null {
  const time = /\/comparisons\/(\d+)\.(?:json|gif)$/.exec(key)?.[1];
  return time === undefined ? null : Number(time);
}

/** The version in the key of a clip's file; `null` in any other key below its prefix. */
export function versionOf(id: string, key: string): string | null {
  const [version, file] = key.slice(clipPrefix(id).length).split("/");
  return version && file !== undefined ? version : null;
}

/** The id of the clip that a key below `clips/` belongs to; `null` for any other key. */
export function clipOf(key: string): string | null {
  return /^clips\/([\w-]{24})\//.exec(key)?.[1] ?? null;
}

/** What is below this are the lists of all accounts, each below its name. */
export const indexRoot = "index/";

export function indexPrefix(account: string): string {
  return `${indexRoot}${account}/`;
}

/** An entry of an account's list: the newest clip has the first key. */
export function indexKey(account: string, { createdOn, id }: IndexPlace): string {
  const time = String(endOfTime - Date.parse(createdOn)).padStart(timeDigits, "0");
  return `${indexPrefix(account)}${time.slice(0, groupDigits)}/${time.slice(groupDigits)}-${id}`;
}

/** A clip's place in its account's list. */
export interface IndexPlace {
  /** ISO 8601. */
  createdOn: string;
  id: string;
}

/** The place that a key of the index stands for; `null` when it is no such key. */
export function placeOf(account: string, key: string): IndexPlace | null {
  const match = /^(\d{6})\/(\d{7})-([\w-]{24})$/.exec(key.slice(indexPrefix(account).length));
  if (!match) return null;
  const [, group = "", rest = "", id = ""] = match;
  return { createdOn: new Date(endOfTime - Number(group + rest)).toISOString(), id };
}

/** Work on a clip below the prefix of its kind, the oldest first. */
export function workKey(prefix: string, { addedAt, id, account }: WorkPlace): string {
  return `${prefix}${String(addedAt).padStart(timeDigits, "0")}-${id}-${account}`;
}

/** What a piece of work is for. */
export interface WorkPlace {
  /** Milliseconds since 1970. */
  addedAt: number;
  id: string;
  account: string;
}

/** What a key of the work stands for; `null` when it is no such key. */
export function workOf(prefix: string, key: string): WorkPlace | null {
  const match = /^(\d{13})-([\w-]{24})-(.+)$/.exec(key.slice(prefix.length));
  if (!match) return null;
  const [, addedAt, id = "", account = ""] = match;
  return { addedAt: Number(addedAt), id, account };
}

/**
 * `pulls`: clips that are kept for a pull request; `runs`: those that runs of a commit have recorded;
 * `compared`: those that were compared with an older one.
 */
export type GroupKind = "pulls" | "runs" | "compared";

/** What is below this says which clips of an account are in groups of this kind. */
export function groupsPrefix(kind: GroupKind, account: string): string {
  return `${kind}/${account}/`;
}

/** What is below this says which of them are in one. */
export function groupPrefix(kind: GroupKind, account: string, group: string): string {
  return `${groupsPrefix(kind, account)}${toName(group)}/`;
}

/** What is below this says which pull requests an account has said to be closed. */
export function closedPrefix(account: string): string {
  return `closed/${account}/`;
}

export function closedKey(account: string, address: string): string {
  return closedPrefix(account) + toName(address);
}

/** An address is longer than a name in a folder may be, and has characters of its own. */
function toName(address: string): string {
  return createHash("sha256").update(address).digest("hex").slice(0, 32);
}

/** What an account has uploaded on the last day on which it did. */
export function quotaKey(account: string): string {
  return `quota/${account}.json`;
}

/** A reminder to look at a clip from a day on. */
export function reminderKey(time: number, id: string): string {
  return `${prefixes.expire}${dayOf(time)}/${id}`;
}

/** What a key of a reminder stands for; `null` when it is no such key. */
export function reminderOf(key: string): { day: string; id: string } | null {
  const match = /^expire\/(\d{4}-\d\d-\d\d)\/([\w-]{24})$/.exec(key);
  return match ? { day: match[1] ?? "", id: match[2] ?? "" } : null;
}

/** The day in UTC, such as `2026-11-29`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
