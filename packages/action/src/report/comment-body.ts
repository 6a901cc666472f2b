import type { UploadRecord } from "@clipcourier/batch";
import { type CommentState, emptyState, type KeptClip, writeState } from "./comment-state.js";
import {
  describeCounts,
  describeFacts,
  describeOutcome,
  describeRest,
  nameRecord,
  showClip,
} from "./gallery.js";
import { code, fit, table } from "./markdown.js";

// GitHub refuses a longer comment.
const mostCharacters = 65_536;

export interface CommentContent {
  key: string;
  records: readonly UploadRecord[];
  /** The commit that was rendered; `undefined` when it is not known. */
  sha: string | undefined;
}

/** The first line of a comment, by which a later run finds it. */
export function markComment(key: string): string {
  return `<!-- clipcourier: ${key} -->`;
}

/** @param earlier the state of the comment that this one replaces */
export function buildComment(content: CommentContent, earlier = emptyState): string {
  // A re-run of the same commit is compared with the same clips as the first run.
  const isRerun = content.sha !== undefined && content.sha === earlier.sha;
  const before = new Map(
    (isRerun ? earlier.before : earlier.clips).map((clip) => [clip.name, clip]),
  );
  const { records } = content;
  return fit(
    records.length,
    (text) => text.length <= mostCharacters,
    (shown) => buildBody(content, before, shown),
  );
}

function buildBody(
  { key, records, sha }: CommentContent,
  before: ReadonlyMap<string, KeptClip>,
  shown: number,
): string {
  const rows = records.slice(0, shown).map((record) => ({
    record,
    before: before.get(nameRecord(record)),
  }));
  const state: CommentState = {
    sha,
    // For a file that failed, the clip of an earlier run is kept for the next comparison.
    clips: rows.flatMap((row) => keepClip(row.record) ?? row.before ?? []),
    before: rows.flatMap((row) => row.before ?? []),
  };
  const commit = sha === undefined ? [] : [`For ${sha.slice(0, 7)}.`];
  return [
    markComment(key),
    key === "clips" ? "### Clips" : `### Clips: ${code(key)}`,
    [`${describeCounts(records)}.`, ...commit].join(" "),
    buildTable(rows),
    ...describeRest(records.length - shown),
    writeState(state),
  ].join("\n\n");
}

interface Row {
  record: UploadRecord;
  before: KeptClip | undefined;
}

function buildTable(rows: readonly Row[]): string {
  const hasBefore = rows.some((row) => isChanged(row));
  const width = hasBefore ? 280 : 400;
  const header = hasBefore ? ["Before", "Now", "File"] : ["Clip", "File"];
  return table(
    header,
    rows.map((row) => [
      ...(hasBefore ? [isChanged(row) ? showKept(row.before, width) : ""] : []),
      showClip(row.record, width),
      describeRow(row),
    ]),
  );
}

function describeRow(row: Row): string {
  const { record, before } = row;
  const lines = [code(nameRecord(record)), describeFacts(record)];
  if (record.id !== null) lines.push(code(record.id));
  if (record.error !== null || record.md5 === null || before === undefined) {
    lines.push(describeOutcome(record));
  } else {
    lines.push(isChanged(row) ? "changed" : "unchanged");
  }
  return lines.filter((line) => line !== "").join("<br>");
}

function isChanged({ record, before }: Row): boolean {
  return before !== undefined && record.md5 !== null && before.md5 !== record.md5;
}

function showKept(clip: KeptClip | undefined, width: number): string {
  if (clip === undefined) return "";
  const { url, picture } = clip;
  return showClip({ file: `${clip.name}, before`, url, preview: picture, thumbnail: null }, width);
}

function keepClip(record: UploadRecord): KeptClip | undefined {
  const { url, md5, preview, thumbnail } = record;
  if (url === null || md5 === null) return undefined;
  return { name: nameRecord(record), url, md5, picture: preview ?? thumbnail };
}
