import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { Uri } from "vscode";

/** Where a file really is: links are followed. One that is not there keeps its URI. */
export async function findRealUri(uri: Uri): Promise<Uri> {
  return (await followLinks(uri)) ?? uri;
}

/** Where a file really is; `undefined` where that cannot be told, as of one that is not there. */
export async function followLinks(uri: Uri): Promise<Uri | undefined> {
  if (uri.scheme !== "file") return uri;
  return realpath(uri.fsPath).then(Uri.file, () => undefined);
}

/** Whether a path is that of a folder, or of something in it. Links are not followed. */
export function isInside(folder: Uri, uri: Uri): boolean {
  if (folder.scheme !== uri.scheme || folder.authority !== uri.authority) return false;
  if (uri.scheme !== "file") return `${uri.path}/`.startsWith(`${folder.path.replace(/\/$/, "")}/`);
  const way = relative(folder.fsPath, uri.fsPath);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
