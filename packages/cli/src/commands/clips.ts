import { type ClipRecord, formatDuration, toClipRecord, toPrintable } from "@clipcourier/batch";
import { type Clip, formatBytes } from "@clipcourier/core";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { type Connection, connect } from "./connect.js";
import { type Column, renderTable } from "./table.js";

export interface ClipsFlags extends ServiceFlags {
  json?: boolean;
}

export interface ListFlags extends ClipsFlags {
  count?: number;
  page?: number;
  after?: string;
}

/** `clipcourier clips list` */
export async function listClips(flags: ListFlags): Promise<ExitCode> {
  await using connection = await connectToRead(flags);
  const { count, page, after } = flags;
  const found = await connection.client.listClips({ count, page, after });
  const clips = found.clips.map(connection.present);
  if (flags.json) {
    const { page: number, total = null, next = null } = found;
    printJson({ clips: clips.map(toClipDetails), page: number, total, next });
  } else if (clips.length === 0) {
    printNote("There are no clips here.");
  } else {
    const { stdout } = process;
    const width = stdout.isTTY ? stdout.columns : undefined;
    print(renderTable(listColumns, clips.map(toRow), chooseColors(stdout), width));
    if (found.next !== undefined) {
      printNote(`There are more: clipcourier clips list --after ${toPrintable(found.next)}`);
    }
  }
  return exitCode.done;
}

const listColumns: Column[] = [
  { heading: "id" },
  { heading: "status", narrow: 1 },
  { heading: "created (UTC)", narrow: 3 },
  { heading: "size", narrow: 2 },
  { heading: "name", narrow: "cut" },
  { heading: "page", narrow: 4 },
];

/** A clip with the facts that the service gives. */
function toClipDetails(clip: Clip): ClipRecord & Omit<Partial<Clip>, keyof ClipRecord> {
  const { thumbnailUrl: _, previewGif: __, plays: ___, notes: ____, ...others } = clip;
  const { isPrivate: _____, placeholderUrl: ______, asset: _______, ...facts } = others;
  return { ...facts, ...toClipRecord(clip) };
}

function toRow({ id, createdOn = "", size, filename = "", url, ...clip }: Clip): string[] {
  const { status, plays = "everywhere", asset, isPrivate } = clip;
  const state = [
    status,
    plays === "everywhere" ? undefined : plays,
    asset === "photo" ? asset : undefined,
    isPrivate ? "private" : undefined,
  ];
  const bytes = size === undefined ? "" : formatBytes(size);
  const shown = state.filter((word) => word !== undefined).join(", ");
  return [id, shown, createdOn.slice(0, 16).replace("T", " "), bytes, filename, url];
}

/** `clipcourier clips show <id>` */
export async function showClip(id: string, flags: ClipsFlags): Promise<ExitCode> {
  await using connection = await connectToRead(flags);
  const clip = connection.present(await connection.client.getClip(id));
  if (flags.json) printJson({ clips: [toClipDetails(clip)] });
  else print(describeClip(clip));
  return exitCode.done;
}

function describeClip(clip: Clip): string {
  const { dim } = chooseColors(process.stdout);
  const { size, duration, width, height, notes, recordedBy: run, ...rest } = toClipDetails(clip);
  const { recordedCount, isVerified: _, ...others } = rest;
  const facts = {
    ...others,
    "recorded in":
      run && `${run.repository ?? run.subject ?? "a job"}${run.sha ? ` at ${run.sha}` : ""}`,
    "recorded by": run && recordedCount === 1 ? "1 run" : run && `${recordedCount} runs`,
    size: size === undefined ? undefined : formatBytes(size),
    duration: duration === undefined ? undefined : formatDuration(duration * 1000),
    picture: width === undefined || height === undefined ? undefined : `${width} x ${height}`,
    notes: notes.length === 0 ? undefined : notes.join(" "),
  };
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${dim(name.padEnd(13))}  ${toPrintable(String(value))}`)
    .join("\n");
}

/** `clipcourier clips delete <id>` */
export async function deleteClip(id: string, flags: ClipsFlags): Promise<ExitCode> {
  await using connection = await connectToRead(flags);
  const clip = connection.present(await connection.client.deleteClip(id));
  if (flags.json) printJson({ clips: [toClipDetails(clip)] });
  else print(`Deleted ${toPrintable(clip.filename ?? clip.id)} (${toPrintable(clip.id)}).`);
  return exitCode.done;
}

/** Connects to a service that there is. */
export function connectToRead(flags: ClipsFlags): Promise<Connection> {
  return connect(flags, { onNotice: printNote, mayCreate: false });
}
