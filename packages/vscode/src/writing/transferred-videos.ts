import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
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
import { isVideo, nameOf } from "../upload/video-files.js";

/** What was dropped or pasted. */
export interface Transferred {
  videos: Uri[];
  /** Whether there is anything else among it. */
  hasOthers: boolean;
}

/** Types of what can hold videos. `files` stands for files from outside of the editor. */
export const transferTypes = ["text/uri-list", "files"];

/**
 * Finds the videos in what is dropped or pasted. A file from outside of the editor may have no path, or
 * one of another machine: then its content is stored in a folder of its own.
 */
export class TransferredVideos {
  readonly #folders: string;
  // Windows without a folder share their storage, and one must not empty what another uploads.
  readonly #folder: string;
  #emptied: Promise<void> | undefined;

  /**
   * @param folders has a folder for each process. Those of processes that have ended are deleted before
   *   the first use, because a video is kept until it is uploaded
   */
  constructor(folders: string) {
    this.#folders = folders;
    this.#folder = join(folders, String(process.pid));
  }

  async read(transfer: DataTransfer): Promise<Transferred> {
    const listed = await readUris(transfer);
    const files = [...transfer].flatMap(([, item]) => item.asFile() ?? []);
    const videos = listed.filter(isVideo);
    const isListed = new Set(videos.map(nameOf));
    for (const file of files) {
      // The editor lists a file that has a path in both ways.
      if (!isVideo(Uri.file(file.name)) || isListed.has(basename(file.name))) continue;
      const uri = await this.#open(file);
      if (uri !== undefined) videos.push(uri);
    }
    const count = Math.max(listed.length, files.length);
    return { videos, hasOthers: videos.length < count };
  }

  /** Deletes what was stored for these videos. */
  readonly discard = async (videos: readonly Uri[]): Promise<void> => {
    const stored = videos.filter(({ scheme, fsPath }) => {
      return scheme === "file" && fsPath.startsWith(join(this.#folder, "/"));
    });
    const remove = ({ fsPath }: Uri) => rm(join(fsPath, ".."), { recursive: true, force: true });
    await Promise.all(stored.map(remove));
  };

  async #deleteLeft(): Promise<void> {
    const names = await readdir(this.#folders).catch(() => []);
    const left = names.filter((name) => name === String(process.pid) || !isRunning(Number(name)));
    const remove = (name: string) =>
      rm(join(this.#folders, name), { recursive: true, force: true });
    await Promise.all(left.map(remove));
  }

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
    this.#emptied ??= this.#deleteLeft();
    await this.#emptied;
    const folder = join(this.#folder, randomUUID());
    await mkdir(folder, { recursive: true });
    const path = join(folder, basename(file.name));
    await writeFile(path, content);
    return Uri.file(path);
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // It may be another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
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
