import { isAbsolute, resolve } from "node:path";
import { l10n, Uri, workspace } from "vscode";
import { Refusal } from "../texts/describe-error.js";
import { findRealUri, followLinks, isInside } from "../upload/real-uri.js";

/** A file that a program asks for. */
export interface RequestedFile {
  /** As the program named it. */
  given: string;
  /** Where it really is: links are followed. */
  uri: Uri;
  isOutside: boolean;
  /** Whether there is no such file, or one whose place cannot be told. It is not to be uploaded. */
  isMissing: boolean;
}

/**
 * The files at these paths. A relative path begins at the folder of the workspace that has the file.
 *
 * @throws Refusal for a relative path where no folder is open
 */
export async function findRequestedFiles(paths: readonly string[]): Promise<RequestedFile[]> {
  const open = workspace.workspaceFolders ?? [];
  const folders = await Promise.all(open.map(({ uri }) => findRealUri(uri)));
  return Promise.all(
    paths.map(async (given) => {
      const named = await locate(given);
      const found = await followLinks(named);
      const uri = found ?? named;
      const isOutside = !folders.some((folder) => isInside(folder, uri));
      return { given, uri, isOutside, isMissing: found === undefined };
    }),
  );
}

async function locate(path: string): Promise<Uri> {
  if (isAbsolute(path)) return Uri.file(resolve(path));
  const candidates = (workspace.workspaceFolders ?? []).map(({ uri }) => Uri.joinPath(uri, path));
  const [first] = candidates;
  if (first === undefined) {
    throw new Refusal(
      l10n.t("{0} is a relative path, and no folder is open. Give the absolute path.", path),
    );
  }
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  return first;
}

async function exists(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
