import { describePlaying, describePrivacy, type UploadRecord } from "@clipcourier/batch";
import { type ClipChange, isSeenChange } from "../compare/clip-change.js";
import {
  addressOf,
  describeCounts,
  describeFacts,
  describeOutcome,
  describeRest,
  nameRecord,
  showClip,
} from "../gallery.js";
import { buildLongest, code, escapeText, link, picture, quote, table } from "../markdown.js";
import { chooseBefore } from "./choose-before.js";
import { createMemory, keepClip } from "./memory.js";
import { type CommentRun, shortenCommit } from "./order.js";
import { type CommentState, isSameContent, type KeptClip, writeState } from "./state.js";

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
  /** How clips differ from those that their names had before, as far as it is known. */
  changes?: readonly ClipChange[] | undefined;
  /** The clips that names have in the base, as far as they are known. */
  base?: readonly KeptClip[] | undefined;
  /**
   * Whether clips are compared with those of the base, and where it has none with the first ones of the
   * pull request. By default they are compared with those of its last commit, and the base's are for
   * names that it has not had.
   */
  fromBase?: boolean | undefined;
  /** Tells which of two runs is the later one, where the commits do not. */
  run?: CommentRun | undefined;
}

type Remember = ReturnType<typeof createMemory>;

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
  const before = chooseBefore(content, earlier);
  const remember = createMemory({ ...content, earlier, before, mostCharacters });
  if (records.length === 0) {
    return buildLongest(earlier.clips.length, doesFit, (shown) =>
      [...start, ...buildEmpty(content, earlier, remember, shown)].join("\n\n"),
    );
  }
  const known = new Map(before.map((clip) => [clip.name, clip]));
  return buildLongest(records.length, doesFit, (shown) =>
    [...start, ...buildClips({ content, before: known, head, remember, shown })].join("\n\n"),
  );
}

interface ShownClips {
  content: CommentContent;
  before: ReadonlyMap<string, KeptClip>;
  /** The newest commit of the pull request; `null` when it is not known. */
  head: string | null;
  remember: Remember;
  /** How many there is room for. */
  shown: number;
}

function buildClips({ content, before, head, remember, shown }: ShownClips): string[] {
  const { records, sha, run, changes = [] } = content;
  const rows = records.slice(0, shown).map((record) => {
    const kept = before.get(nameRecord(record));
    const isOf = ({ newId, oldId }: ClipChange) => newId === record.id && oldId === kept?.id;
    return { record, before: kept, change: changes.find(isOf) };
  });
  // For a file that failed, the clip of an earlier run is kept for the next comparison.
  const clips = rows.flatMap((row) => keepClip(row.record) ?? row.before ?? []);
  const state: CommentState = { sha, run, ...remember(clips) };
  return [
    [`${describeCounts(records)}.`, ...describeCommit(sha, head)].join(" "),
    buildTable(rows),
    ...describeRest(records.length - shown),
    ...showMostChanged(rows.flatMap(({ change }) => change ?? [])),
    writeState(state),
  ];
}

/** The picture of the clip that has changed most, where it has changed and there is one. */
function showMostChanged(changes: readonly ClipChange[]): string[] {
  const [most] = changes
    .filter((change) => isSeenChange(change) && change.picture !== null)
    .sort((one, other) => other.amount - one.amount);
  const shown = most && picture(most.picture, `${most.file}, what has changed`, 640);
  if (most === undefined || shown === undefined) return [];
  return [`Changed most: ${code(most.file)}`, link(addressOf(most), shown)];
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
  remember: Remember,
  shown: number,
): string[] {
  const { clips } = earlier;
  const clipsSha = earlier.clipsSha ?? earlier.sha;
  const state: CommentState = { sha, run, clipsSha, ...remember(clips.slice(0, shown)) };
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
  change: ClipChange | undefined;
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
    lines.push(isChanged(row) ? describeChange(row) : "unchanged");
    lines.push(...[describePrivacy(record), describePlaying(record)].map(quote));
  }
  return lines.filter((line) => line !== "").join("<br>");
}

function describeChange({ change }: Row): string {
  if (change === undefined) return "changed";
  const { summary, verdict } = change;
  const address = addressOf(change);
  if (verdict !== null) return link(address, quote(summary));
  return `changed; ${link(address, quote(summary.charAt(0).toLowerCase() + summary.slice(1)))}`;
}

function isChanged({ record, before }: Pick<Row, "record" | "before">): boolean {
  return before !== undefined && record.md5 !== null && !isSameContent(before, record);
}

function showKept(clip: KeptClip | undefined, width: number): string {
  if (clip === undefined) return "";
  const { url, picture } = clip;
  return showClip({ file: `${clip.name}, before`, url, preview: picture, thumbnail: null }, width);
}
