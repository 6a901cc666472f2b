import type { WireClip } from "@clipcourier/core/wire";
import type { StoryboardLayout } from "../catalog/clip-state.js";
import { titleOf } from "./clip-view.js";
import { listFacts } from "./facts.js";
import { describeRecorded } from "./recorded.js";

/** What the text about a clip holds. */
export interface ClipText {
  /** Of a private clip, with addresses that are signed. */
  clip: WireClip;
  storyboard: StoryboardLayout | null;
  /** The address of the storyboard's tiles. */
  tilesUrl: string;
}

/**
 * A clip as Markdown, for programs that read: its facts, its addresses, and how the one picture that shows
 * all of it is to be read. What the uploader has chosen is code, so that no reader takes it for anything else.
 */
export function renderClipText({ clip, storyboard, tilesUrl }: ClipText): string {
  const sections = [
    [`# Clip ${toCode(titleOf(clip))}`],
    [
      `- Status: ${describeStatus(clip)}`,
      ...listFacts(clip).map(([name, value]) => `- ${name}: ${value}`),
      ...listRecorded(clip),
      ...(clip.notes ?? []).map((note) => `- ${note}`),
    ],
    ["## Addresses", "", ...listAddresses(clip)],
    clip.chapters?.length ? ["## Chapters", "", ...listChapters(clip.chapters, storyboard)] : [],
    storyboard ? describeStoryboard(clip, storyboard, tilesUrl) : [],
  ];
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

function describeStatus({ status, reason }: WireClip): string {
  return reason ? `${status}, ${toCode(reason)}` : (status ?? "unknown");
}

function listRecorded(clip: WireClip): string[] {
  const text = describeRecorded(clip);
  return text === null ? [] : [`- Origin: ${clip.verified ? toCode(text) : text}`];
}

function listAddresses(clip: WireClip): string[] {
  const addresses: [string, string | null | undefined][] = [
    ["Page", clip.url],
    ["Video", clip.play_url],
    ["Picture", clip.photo_url],
    ["Original", clip.download_url],
    ["Thumbnail", clip.thumbnail_url],
    ["Preview, GIF", clip.preview_gif],
    ["Preview, WebP", clip.preview_webp],
    ["Signed statements", clip.statements],
    ["Chapters, WebVTT", clip.chapters_url],
    ["Comparison with an older clip", clip.comparison_url],
  ];
  const lines = addresses.filter(([, url]) => url).map(([name, url]) => `- ${name}: <${url}>`);
  if (clip.expires_on) lines.push(`- These addresses expire: ${clip.expires_on}`);
  return lines;
}

function listChapters(
  chapters: NonNullable<WireClip["chapters"]>,
  storyboard: StoryboardLayout | null,
): string[] {
  return chapters.map(({ start, end, title }) => {
    const time = end === null ? `from second ${start} on` : `second ${start} to ${end}`;
    const place = storyboard ? `, from tile ${findTile(start, storyboard)} on` : "";
    return `- ${toCode(title)}: ${time}${place}`;
  });
}

function findTile(seconds: number, { interval, count }: StoryboardLayout): number {
  return Math.min(count - 1, Math.floor(seconds / interval));
}

function describeStoryboard(
  clip: WireClip,
  { count, columns, interval, tileWidth, tileHeight }: StoryboardLayout,
  tilesUrl: string,
): string[] {
  const rows = Math.ceil(count / columns);
  const [width, height] = [Math.min(count, columns) * tileWidth, rows * tileHeight];
  return [
    "## Storyboard",
    "",
    `One picture of ${width} × ${height} pixels shows the whole clip: <${tilesUrl}>`,
    "",
    `- ${count} ${count === 1 ? "tile" : "tiles"} of ${tileWidth} × ${tileHeight} pixels, ${columns} a row, from left to right and from top to bottom`,
    `- Tile n, from 0 on, shows the clip from second n × ${interval} on; it is in column n mod ${columns} of row floor(n / ${columns})`,
    `- The same as WebVTT: <${clip.storyboard}>`,
  ];
}

/** Text in a code span, which no reader of Markdown takes for markup, whatever it has in it. */
function toCode(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  // One space at each end belongs to the fence.
  return `${fence} ${line} ${fence}`;
}
