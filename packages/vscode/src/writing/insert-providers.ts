import type { Clip } from "@clipcourier/core";
import {
  type CancellationToken,
  type DataTransfer,
  type Disposable,
  DocumentDropEdit,
  type DocumentDropEditProvider,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  type DocumentPasteEditContext,
  type DocumentPasteEditProvider,
  DocumentPasteTriggerKind,
  type DocumentSelector,
  l10n,
  languages,
  type TextDocument,
} from "vscode";
import type { Services } from "../services/services.js";
import { isUploadable, isVideo } from "../upload/video-files.js";
import { clipsType } from "./clip-drag.js";
import type { Insertions } from "./insertions.js";
import { writingFiles, writingLanguages } from "./syntaxes.js";
import { type TransferredVideos, transferTypes } from "./transferred-videos.js";
import { writeClip } from "./write-clip.js";

export interface InsertProviderContext {
  insertions: Insertions;
  transferred: TransferredVideos;
  services: Services;
  /** The clips that are dragged from the Clips view. */
  readDragged(): readonly Clip[];
}

/** What can be inserted in place of what was dropped or pasted. */
interface Offer {
  text: string;
  title: string;
  kind: DocumentDropOrPasteEditKind;
}

// The link that the editor itself offers for a file yields to kinds of text, and to no kind of ours:
// so this one comes first.
const first = DocumentDropOrPasteEditKind.Text.append("clipcourier");
const beside = DocumentDropOrPasteEditKind.Empty.append("clipcourier");
// What the editor itself may insert for a file.
const editorsOwn = ["markdown", "uri"].map((kind) =>
  DocumentDropOrPasteEditKind.Empty.append(kind),
);

/**
 * Offers to upload a dropped or pasted video, and to insert its clip, where people write. What the editor
 * itself does with a picture stays the first choice: a picture is uploaded when somebody chooses that.
 */
export class InsertProviders implements DocumentDropEditProvider, DocumentPasteEditProvider {
  readonly #context: InsertProviderContext;

  constructor(context: InsertProviderContext) {
    this.#context = context;
  }

  register(): Disposable[] {
    const selector: DocumentSelector = [...writingLanguages, { pattern: writingFiles }];
    return [
      languages.registerDocumentDropEditProvider(selector, this, {
        providedDropEditKinds: [first, beside],
        dropMimeTypes: [clipsType, ...transferTypes],
      }),
      languages.registerDocumentPasteEditProvider(selector, this, {
        providedPasteEditKinds: [first, beside],
        pasteMimeTypes: transferTypes,
      }),
    ];
  }

  async provideDocumentDropEdits(
    document: TextDocument,
    _position: unknown,
    transfer: DataTransfer,
    token: CancellationToken,
  ): Promise<DocumentDropEdit | undefined> {
    const offer = await this.#offer(document, transfer, hasOwnChoice(transfer), token);
    if (offer === undefined) return undefined;
    const edit = new DocumentDropEdit(offer.text, offer.title, offer.kind);
    if (offer.kind === beside) edit.yieldTo = editorsOwn;
    return edit;
  }

  async provideDocumentPasteEdits(
    document: TextDocument,
    _ranges: unknown,
    transfer: DataTransfer,
    { triggerKind }: DocumentPasteEditContext,
    token: CancellationToken,
  ): Promise<DocumentPasteEdit[] | undefined> {
    const isAsked = triggerKind === DocumentPasteTriggerKind.PasteAs;
    const takesPictures = isAsked || hasOwnChoice(transfer);
    const offer = await this.#offer(document, transfer, takesPictures, token);
    if (offer === undefined) return undefined;
    const edit = new DocumentPasteEdit(offer.text, offer.title, offer.kind);
    if (offer.kind === beside) edit.yieldTo = editorsOwn;
    return [edit];
  }

  async #offer(
    document: TextDocument,
    transfer: DataTransfer,
    takesPictures: boolean,
    token: CancellationToken,
  ): Promise<Offer | undefined> {
    const { insertions, transferred, services, readDragged } = this.#context;
    if (transfer.get(clipsType) !== undefined) {
      const text = readDragged()
        .map((clip) => writeClip(clip, document))
        .join("\n");
      return { text, title: l10n.t("Insert Clip"), kind: first };
    }
    const isAccepted = takesPictures ? isUploadable : isVideo;
    const { files, hasOthers } = await transferred.read(transfer, isAccepted);
    if (files.length === 0 || token.isCancellationRequested) return undefined;
    // Nobody is asked to connect for a mere drop, and other files would be lost.
    const isFirst = services.active !== undefined && !hasOthers && files.every(isVideo);
    return {
      text: insertions.offer(files, document),
      title: l10n.t("Upload as Clip and Insert"),
      kind: isFirst ? first : beside,
    };
  }
}

/**
 * Whether the editor itself has something to insert, which comes before a picture's clip. Of a file that has a
 * path it always has; a picture without one, such as a screenshot, it pastes in some languages only.
 */
function hasOwnChoice(transfer: DataTransfer): boolean {
  return transfer.get("text/uri-list") !== undefined;
}
