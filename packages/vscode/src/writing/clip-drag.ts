import type { Clip } from "@clipcourier/core";
import {
  type DataTransfer,
  DataTransferItem,
  l10n,
  type TreeDragAndDropController,
  type TreeItem,
  type Uri,
  window,
} from "vscode";
import { ClipItem } from "../clips/clip-item.js";
import { asText } from "../texts/as-text.js";
import { isUploadable } from "../upload/video-files.js";
import { type TransferredVideos, transferTypes } from "./transferred-videos.js";

/** The type of clips that are dragged from the Clips view into an editor. */
export const clipsType = "application/vnd.clipcourier.clips";

/** Dragging clips out of the Clips view, and dropping videos and pictures on it. */
export class ClipDrag implements TreeDragAndDropController<TreeItem> {
  readonly dragMimeTypes = [clipsType, "text/plain"];
  readonly dropMimeTypes = transferTypes;
  readonly #transferred: TransferredVideos;
  readonly #upload: (files: Uri[]) => Promise<unknown>;
  #dragged: readonly Clip[] = [];

  constructor(transferred: TransferredVideos, upload: (files: Uri[]) => Promise<unknown>) {
    this.#transferred = transferred;
    this.#upload = upload;
  }

  /** The clips that are dragged, or were dragged last. */
  readonly readDragged = (): readonly Clip[] => this.#dragged;

  handleDrag(items: readonly TreeItem[], transfer: DataTransfer): void {
    this.#dragged = items.flatMap((item) => (item instanceof ClipItem ? item.clip : []));
    if (this.#dragged.length === 0) return;
    const urls = this.#dragged.map(({ url }) => url).join("\n");
    transfer.set(clipsType, new DataTransferItem(urls));
    // Languages without a syntax of their own get the addresses.
    transfer.set("text/plain", new DataTransferItem(urls));
  }

  async handleDrop(_target: TreeItem | undefined, transfer: DataTransfer): Promise<void> {
    try {
      const { files } = await this.#transferred.read(transfer, isUploadable);
      if (files.length > 0) await this.#upload(files);
      else tellWhatUploads();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(asText(l10n.t("Nothing was uploaded: {0}", reason)));
    }
  }
}

function tellWhatUploads(): void {
  void window.showWarningMessage(
    l10n.t("Drop a video or a picture here: files of other kinds, and folders, are not uploaded."),
  );
}
