import type { WireClip } from "@clipcourier/core/wire";
import { html } from "hono/html";
import type { Markup } from "./page.js";
import { formatTime } from "./times.js";

/** What is known about a clip, each with its name. */
export function listFacts(clip: WireClip): [name: string, value: string][] {
  const { duration, width, height, size, created_on } = clip;
  const facts: [string, string | null][] = [
    ["Length", duration ? formatTime(duration) : null],
    ["Picture", width && height ? `${width} × ${height}` : null],
    ["Type", describeType(clip)],
    ["Codecs", describeCodecs(clip)],
    ["Size", size ? formatSize(size) : null],
    ["Uploaded", created_on ? formatDate(created_on) : null],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** What is known about a clip, as a list. */
export function renderFacts(clip: WireClip): Markup {
  return html`<dl>
${listFacts(clip).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

/** `1:01, 1280 × 720`, for the description of a link. */
export function summarize({ duration, width, height }: WireClip): string {
  const facts = [
    duration ? formatTime(duration) : "",
    width && height ? `${width} × ${height}` : "",
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}

/** `2026-11-29 12:00 UTC`, of a time as ISO 8601 in UTC. */
export function formatDate(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

/** Of a photo; what a video is, its codecs say. */
function describeType({ asset, mime, animated }: WireClip): string | null {
  if (asset !== "photo" || !mime) return null;
  return animated ? `${mime}, animated` : mime;
}

function describeCodecs({ codec, audio_codec: audio }: WireClip): string | null {
  return [codec, audio].filter((name) => name).join(", ") || null;
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
