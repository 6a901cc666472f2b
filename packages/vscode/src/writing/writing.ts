import { commands, type Disposable, type LogOutputChannel, l10n } from "vscode";
import { ClipItem } from "../clips/clip-item.js";
import type { ClipList } from "../clips/clip-list.js";
import { pickClip } from "../clips/pick-clip.js";
import type { Pictures } from "../clips/pictures.js";
import type { Clients } from "../services/clients.js";
import type { Service, Services } from "../services/services.js";
import type { Uploads } from "../upload/uploads.js";
import type { ClipDrag } from "./clip-drag.js";
import { insertClip } from "./insert-clip.js";
import { InsertProviders } from "./insert-providers.js";
import { Insertions } from "./insertions.js";
import { LastEditor } from "./last-editor.js";
import type { LeftPlaceholders } from "./left-placeholders.js";
import type { TransferredVideos } from "./transferred-videos.js";

export interface WritingContext {
  uploads: Uploads;
  services: Services;
  clients: Clients;
  pictures: Pictures;
  transferred: TransferredVideos;
  drag: ClipDrag;
  left: LeftPlaceholders;
  list: ClipList;
  log: LogOutputChannel;
  /** The active service, or one that the person connects to now. */
  requireService(): Promise<Service | undefined>;
}

export interface Writing {
  insertions: Insertions;
  disposables: Disposable[];
}

/** Registers what inserts clips where people write: dropping, pasting and two commands. */
export function registerWriting(context: WritingContext): Writing {
  const { transferred, services, drag, left } = context;
  const editors = new LastEditor();
  const insertions = new Insertions({
    ...context,
    discard: transferred.discard,
  });
  const { readDragged } = drag;
  const providers = new InsertProviders({ insertions, transferred, services, readDragged });
  const disposables = [
    ...[insertions, left, editors],
    ...providers.register(),
    commands.registerCommand("clipcourier.insertClip", () => insertPicked(context, editors)),
    commands.registerCommand("clipcourier.insertClipOfRow", (item: unknown) =>
      item instanceof ClipItem ? insertClip(item.clip, editors.find()) : undefined,
    ),
  ];
  return { insertions, disposables };
}

async function insertPicked(
  { list, pictures, requireService }: WritingContext,
  editors: LastEditor,
): Promise<void> {
  // The cursor is where it was when the command was given, whatever has the focus meanwhile.
  const editor = editors.find();
  const service = await requireService();
  if (service === undefined) return;
  const host = service.label;
  const clip = await pickClip({ list, pictures, host }, l10n.t("Insert Clip at Cursor"));
  if (clip !== undefined) await insertClip(clip, editor);
}
