import { describePlaying, describePrivacy, type UploadRecord } from "@clipcourier/batch";
import {
  describeCounts,
  describeFacts,
  describeOutcome,
  describeRest,
  nameRecord,
  pictureOf,
  showClip,
} from "../gallery.js";
import { buildLongest, code, escapeText, quote, table } from "../markdown.js";
import { type CommentRun, shortenCommit } from "./order.js";
import { type CommentState, type KeptClip, writeState } from "./state.js";

export interface CommentContent {
  /** Distinguishes this comment from others on the same pull request. */
  key: string;
  /** Without any, there is nothing to show. */
  records: readonly UploadRecord[];
  /**
   * The commit that was rendered, in full, as the forge's pull request names it: where a CI builds a
   * merge of it, not that merge. `undefined` when it is not known.
   */
  sha: string | undefined;
  /** Tells which of two runs is the later one, where the commits do not. */
  run?: CommentRun | undefined;
}

export interface CommentLimits {
  /** The longest comment that the forge takes, in UTF-16 characters. */
  mostCharacters: number;
}

/** The first line of a comment, by which a later run finds it. */
export function markComment(key: string): string {
  return `<!-- clipcourier: ${key} -->`;
}

/**
 * @param earlier the state of the comment that this one replaces
 * @param head the newest commit of the pull request; `null` when it is not known
 */
export function buildComment(
  content: CommentContent,
  earlier: CommentState,
  { mostCharacters }: CommentLimits,
  head: string | null = null,
): string {
  const { records } = content;
  const doesFit = (text: string) => text.length <= mostCharacters;
  const start = [
    markComment(content.key),
    content.key === "clips" ? "### Clips" : `### Clips: ${code(content.key)}`,
  ];
  // A re-run of the same commit is compared with the same clips as the first run.
  const isRerun = content.sha !== undefined && content.sha === earlier.sha;
  const before = isRerun ? earlier.before : earlier.clips;
  if (records.length === 0) {
    return buildLongest(earlier.clips.length, doesFit, (shown) =>
      [...start, ...buildEmpty(content, earlier, before, shown)].join("\n\n"),
    );
  }
  const known = new Map(before.map((clip) => [clip.name, clip]));
  return buildLongest(records.length, doesFit, (shown) =>
    [...start, ...buildClips(content, known, head, shown)].join("\n\n"),
  );
}

function buildClips(
  { records, sha, run }: CommentContent,
  before: ReadonlyMap<string, KeptClip>,
  head: string | null,
  shown: number,
): string[] {
  const rows = records.slice(0, shown).map((record) => ({
    record,
    before: before.get(nameRecord(record)),
  }));
  const state: CommentState = {
    ...{ sha, run },
    // For a file that failed, the clip of an earlier run is kept for the next comparison.
    clips: rows.flatMap((row) => keepClip(row.record) ?? row.before ?? []),
    before: rows.flatMap((row) => row.before ?? []),
  };
  return [
    [`${describeCounts(records)}.`, ...describeCommit(sha, head)].join(" "),
    buildTable(rows),
    ...describeRest(records.length - shown),
    writeState(state),
  ];
}

function describeCommit(sha: string | undefined, head: string | null): string[] {
  if (sha === undefined) return [];
  if (head === null || head === sha) return [`For ${showCommit(sha)}.`];
  return [`For ${showCommit(sha)}, which is not the newest commit: that is ${showCommit(head)}.`];
}

/** Says that there is nothing to show, with the earlier clips folded. */
function buildEmpty(
  { sha, run }: CommentContent,
  earlier: CommentState,
  before: readonly KeptClip[],
  shown: number,
): string[] {
  const { clips } = earlier;
  const clipsSha = earlier.clipsSha ?? earlier.sha;
  const state: CommentState = {
    ...{ sha, run, clipsSha },
    clips: clips.slice(0, shown),
    before: before.slice(0, shown),
  };
  return [
    sha === undefined ? "Nothing to show." : `Nothing to show for ${showCommit(sha)}.`,
    ...(clips.length === 0 ? [] : [foldClips(clips, clipsSha, shown)]),
    writeState(state),
  ];
}

function foldClips(clips: readonly KeptClip[], sha: string | undefined, shown: number): string {
  const rows = clips.slice(0, shown).map((clip) => [showKept(clip, 280), code(clip.name)]);
  return [
    `<details><summary>Earlier clips${sha === undefined ? "" : `, of ${showCommit(sha)}`}</summary>`,
    table(["Clip", "File"], rows),
    ...describeRest(clips.length - shown),
    "</details>",
  ].join("\n\n");
}

/** A state that somebody has edited may hold anything. */
function showCommit(sha: string): string {
  return escapeText(shortenCommit(sha));
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
    lines.push(...[describePrivacy(record), describePlaying(record)].map(quote));
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
  const { url, md5 } = record;
  if (url === null || md5 === null) return undefined;
  return { name: nameRecord(record), url, md5, picture: pictureOf(record) };
}
