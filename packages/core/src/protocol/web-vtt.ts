import type { Chapter } from "../clip.js";
import { DirectUploadError } from "../errors.js";
import { checkChapters } from "./chapters.js";

// The libraries that read WebVTT are made for players: they take a damaged file for the part of it that
// they understand, and have seen no release for years.

const timestamp = String.raw`(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const timing = new RegExp(`^${timestamp}[ \\t]+-->[ \\t]+${timestamp}(?:[ \\t].*)?$`);

/**
 * Reads the cues of a WebVTT file as chapters. Their settings, comments and styles are left out.
 *
 * @param text such as `WEBVTT\n\n00:00.000 --> 00:04.500\nSign in\n`
 * @throws `invalid_option` with the line, or the chapter, that is wrong
 */
export function parseChapters(text: string): Chapter[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (!/^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? "")) {
    throw refuse("it is not WebVTT: its first line must be WEBVTT");
  }
  const blocks = splitBlocks(lines).filter(({ rows: [first = ""] }) => !isAside(first));
  const { chapters, problem } = checkChapters(blocks.map(readCue));
  if (chapters === undefined) throw refuse(nameLine(problem, blocks));
  if (chapters.length === 0) throw refuse("it has no cue, such as 00:00.000 --> 00:04.500");
  return chapters;
}

/** What is wrong with the chapters, after the line of the one that it is about. */
function nameLine(problem: string, blocks: readonly Block[]): string {
  const [, number] = /^chapter (\d+): /.exec(problem) ?? [];
  const block = blocks[Number(number) - 1];
  return block === undefined ? problem : `line ${block.line}: ${problem}`;
}

/** Chapters as a WebVTT file. Each needs an end. */
export function formatChapters(chapters: readonly Required<Chapter>[]): string {
  const cues = chapters.map(
    ({ start, end, title }) =>
      `${formatTimestamp(start)} --> ${formatTimestamp(end)}\n${escapeText(title)}\n`,
  );
  return ["WEBVTT\n", ...cues].join("\n");
}

/** Seconds as WebVTT has them: `01:02:03.456`. */
export function formatTimestamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const parts = [3_600_000, 60_000, 1000].map((unit, index) => {
    const value = Math.floor(milliseconds / unit);
    return String(index === 0 ? value : value % 60).padStart(2, "0");
  });
  return `${parts.join(":")}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** Lines without an empty one between them. */
interface Block {
  /** That of the first line, from 1. */
  line: number;
  rows: string[];
}

function splitBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let block: Block | undefined;
  // What follows the first line directly belongs to the header.
  const body = lines.indexOf("") < 0 ? lines.length : lines.indexOf("");
  for (const [index, row] of lines.entries()) {
    if (row === "" || index < body) {
      block = undefined;
      continue;
    }
    if (block === undefined) {
      block = { line: index + 1, rows: [] };
      blocks.push(block);
    }
    block.rows.push(row);
  }
  return blocks;
}

/** Whether a block that begins so is no cue, but a comment, a style or a region. */
function isAside(first: string): boolean {
  return /^NOTE(?:[ \t]|$)/.test(first) || /^(?:STYLE|REGION)[ \t]*$/.test(first);
}

function readCue({ line, rows }: Block): Chapter {
  // A cue may have an identifier above its times.
  const place = rows[0]?.includes("-->") ? 0 : 1;
  const times = timing.exec(rows[place] ?? "");
  if (!times) {
    const form = "00:00.000 --> 00:04.500";
    throw refuse(`line ${line + place}: a cue needs its times here, such as ${form}`);
  }
  const [start, end] = [toSeconds(times.slice(1, 5)), toSeconds(times.slice(5, 9))];
  const payload = rows.slice(place + 1);
  const wrong = payload.findIndex((row) => row.includes("<") || row.includes("-->"));
  if (wrong >= 0) {
    const row = line + place + 1 + wrong;
    throw refuse(`line ${row}: a title has no markup; write &lt; and &gt; for < and >`);
  }
  return { start, end, title: unescapeText(payload.map((row) => row.trim()).join(" ")) };
}

function toSeconds([hours = "0", minutes, seconds, thousandths]: (string | undefined)[]): number {
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole + Number(thousandths) / 1000;
}

const characters: Record<string, string> = {
  ...{ "&amp;": "&", "&lt;": "<", "&gt;": ">" },
  ...{ "&lrm;": "\u200E", "&rlm;": "\u200F", "&nbsp;": "\u00A0" },
};

function unescapeText(text: string): string {
  return text.replace(/&\w+;/g, (name) => characters[name] ?? name);
}

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function refuse(problem: string): DirectUploadError {
  return new DirectUploadError("invalid_option", `The chapters cannot be read: ${problem}.`);
}
