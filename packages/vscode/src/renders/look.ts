import { open } from "node:fs/promises";
import { Uri, workspace } from "vscode";
import { findRealUri, isInside } from "../upload/real-uri.js";
import type { FileState } from "./settling.js";

/** Looks whether a file is there, has bytes and can be opened. */
export async function lookAt(uri: Uri): Promise<FileState | "busy" | "gone"> {
  try {
    const { size, mtime } = await workspace.fs.stat(uri);
    if (size === 0) return "gone";
    return (await isLocked(uri)) ? "busy" : { size, modified: mtime };
  } catch {
    return "gone";
  }
}

/**
 * Whether a file is a link out of its place: that is its folder of the workspace, or for a file outside
 * of the workspace the folder that it is in.
 */
export async function leadsAway(uri: Uri): Promise<boolean> {
  return !(await isInFolderOf(uri, await findRealUri(uri)));
}

/** Whether a place, without links, is in the folder that a file has to be in. */
export async function isInFolderOf(uri: Uri, place: Uri): Promise<boolean> {
  const folder = workspace.getWorkspaceFolder(uri)?.uri ?? Uri.joinPath(uri, "..");
  return isInside(await findRealUri(folder), place);
}

// On Windows a program can lock the file that it writes. Other errors are the upload's to tell.
async function isLocked(uri: Uri): Promise<boolean> {
  if (uri.scheme !== "file") return false;
  try {
    await (await open(uri.fsPath)).close();
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EBUSY";
  }
}
