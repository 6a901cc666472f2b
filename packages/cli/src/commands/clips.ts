import { type ClipRecord, formatDuration, toClipRecord, toPrintable } from "@clipcourier/batch";
import { type Clip, formatBytes } from "@clipcourier/core";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { type Connection, connect } from "./connect.js";
import { renderTable } from "./table.js";

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
    const heading = ["id", "status", "created (UTC)", "size", "name", "page"];
    print(renderTable(heading, clips.map(toRow), chooseColors(process.stdout)));
    if (found.next !== undefined) {
      printNote(`There are more: clipcourier clips list --after ${toPrintable(found.next)}`);
    }
  }
  return exitCode.done;
}

/** A clip with the facts that the service gives. */
function toClipDetails(clip: Clip): ClipRecord & Partial<Clip> {
  const { thumbnailUrl: _, previewGif: __, ...facts } = clip;
  return { ...toClipRecord(clip), ...facts };
}

function toRow({ id, status, createdOn = "", size, filename = "", url }: Clip): string[] {
  const bytes = size === undefined ? "" : formatBytes(size);
  return [id, status, createdOn.slice(0, 16).replace("T", " "), bytes, filename, url];
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
  const { size, duration, width, height, ...rest } = toClipDetails(clip);
  const facts = {
    ...rest,
    size: size === undefined ? undefined : formatBytes(size),
    duration: duration === undefined ? undefined : formatDuration(duration * 1000),
    picture: width === undefined || height === undefined ? undefined : `${width} x ${height}`,
  };
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${dim(name.padEnd(9))}  ${toPrintable(String(value))}`)
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

function connectToRead(flags: ClipsFlags): Promise<Connection> {
  return connect(flags, { onNotice: printNote, mayCreate: false });
}
