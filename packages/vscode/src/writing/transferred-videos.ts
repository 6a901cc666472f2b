import { basename } from "node:path";
import {
  type DataTransfer,
  type DataTransferFile,
  env,
  l10n,
  Uri,
  window,
  workspace,
} from "vscode";
import { formatBytes } from "../texts/amounts.js";
import { asText } from "../texts/as-text.js";
import { nameOf } from "../upload/video-files.js";
import type { StoredVideos } from "./stored-videos.js";

/** What was dropped or pasted. */
export interface Transferred {
  /** What is accepted of it. */
  files: Uri[];
  /** Whether there is anything else among it. */
  hasOthers: boolean;
}

/** Types of what can hold files. `files` stands for files from outside of the editor. */
export const transferTypes = ["text/uri-list", "files"];

/**
 * Finds the videos and pictures in what is dropped or pasted. A file from outside of the editor may have no path, or
 * one of another machine: then its content is stored.
 */
export class TransferredVideos {
  readonly #stored: StoredVideos;

  constructor(stored: StoredVideos) {
    this.#stored = stored;
  }

  /** @param isAccepted whether a file is looked for, by its name */
  async read(transfer: DataTransfer, isAccepted: (uri: Uri) => boolean): Promise<Transferred> {
    const listed = await readUris(transfer);
    const passed = [...transfer].flatMap(([, item]) => item.asFile() ?? []);
    const files = listed.filter(isAccepted);
    const isListed = new Set(files.map(nameOf));
    for (const file of passed) {
      // The editor lists a file that has a path in both ways.
      if (!isAccepted(Uri.file(file.name)) || isListed.has(basename(file.name))) continue;
      const uri = await this.#open(file);
      if (uri !== undefined) files.push(uri);
    }
    const count = Math.max(listed.length, passed.length);
    return { files, hasOthers: files.length < count };
  }

  /** Deletes what was stored for these videos. */
  readonly discard = async (videos: readonly Uri[]): Promise<void> => {
    const files = videos.filter(({ scheme }) => scheme === "file");
    await this.#stored.discard(files.map(({ fsPath }) => fsPath));
  };

  async #open(file: DataTransferFile): Promise<Uri | undefined> {
    if (file.uri !== undefined && env.remoteName === undefined) return file.uri;
    // The editor passes the content only while it asks what to insert, and says no size before.
    const content = await file.data();
    const mebibytes = workspace
      .getConfiguration("clipcourier")
      .get<number>("maxVirtualFileMebibytes", 256);
    if (content.byteLength > mebibytes * 1024 ** 2) {
      void window.showWarningMessage(asText(describeTooLarge(file.name, content.byteLength)));
      return undefined;
    }
    return Uri.file(await this.#stored.store(file.name, content));
  }
}

function describeTooLarge(name: string, bytes: number): string {
  return l10n.t(
    "{0} is {1}, too large to be passed through the editor. Copy it into the workspace, or raise clipcourier.maxVirtualFileMebibytes.",
    name,
    formatBytes(bytes),
  );
}

async function readUris(transfer: DataTransfer): Promise<Uri[]> {
  const list = (await transfer.get("text/uri-list")?.asString()) ?? "";
  const lines = list.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  return lines.flatMap((line) => {
    try {
      const uri = Uri.parse(line, true);
      // Pages of the web are not read: they are links, and stay so.
      return /^https?$/.test(uri.scheme) ? [] : [uri];
    } catch {
      return [];
    }
  });
}
