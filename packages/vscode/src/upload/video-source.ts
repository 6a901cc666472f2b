import type { UploadSource } from "@clipcourier/core";
import { l10n, type Uri, workspace } from "vscode";
import { formatBytes } from "../texts/amounts.js";
import { Refusal } from "../texts/describe-error.js";
import { nameOf } from "./video-files.js";

/** A video that is about to be uploaded. */
export interface VideoSource {
  uri: Uri;
  source: UploadSource;
  /** Bytes. */
  size: number;
}

/**
 * Opens a video. A local file is read by the client, in pieces. A file of any other file system is
 * read by the editor, as a whole and into memory, so its size is limited.
 *
 * @throws Refusal when it cannot be read or is too large
 */
export async function openVideo(uri: Uri): Promise<VideoSource> {
  const size = await readSize(uri);
  if (uri.scheme === "file") return { uri, source: uri.fsPath, size };
  const mebibytes = workspace
    .getConfiguration("clipcourier")
    .get<number>("maxVirtualFileMebibytes", 256);
  const limit = mebibytes * 1024 ** 2;
  if (size > limit) {
    throw new Refusal(
      l10n.t(
        "it is {0}, and files of {1}: workspaces are read into memory, up to {2}. Copy it to a disk, or raise clipcourier.maxVirtualFileMebibytes.",
        formatBytes(size),
        uri.scheme,
        formatBytes(limit),
      ),
    );
  }
  const name = nameOf(uri);
  let content: Thenable<Uint8Array> | undefined;
  const read = async (start: number, end: number) => {
    content ??= workspace.fs.readFile(uri);
    return (await content).subarray(start, end);
  };
  return { uri, source: { name, size, read }, size };
}

async function readSize(uri: Uri): Promise<number> {
  try {
    return (await workspace.fs.stat(uri)).size;
  } catch {
    throw new Refusal(
      l10n.t("it cannot be read. Check that it is there and that you may read it."),
      "source_unreadable",
    );
  }
}
