import { posix } from "node:path";
import { photoExtensions, videoExtensions } from "@clipcourier/core";
import { FileType, Uri, workspace } from "vscode";

// The `when` clauses of the manifest have the same lists.
const [videoPattern, picturePattern] = [videoExtensions, photoExtensions].map(
  (extensions) => new RegExp(`\\.(${extensions.join("|")})$`, "i"),
) as [RegExp, RegExp];

export function isVideo(uri: Uri): boolean {
  return videoPattern.test(uri.path);
}

/** Whether a file becomes a clip: a video, or a picture. */
export function isUploadable(uri: Uri): boolean {
  return isVideo(uri) || picturePattern.test(uri.path);
}

/** The name of a file without its folders. */
export function nameOf(uri: Uri): string {
  return posix.basename(uri.path);
}

export async function isThere(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

// They hold no videos to share and are the largest folders of most workspaces.
const skippedFolders = new Set(["node_modules", ".git"]);

/** The videos in a folder and below it, sorted by path. */
export async function findVideos(folder: Uri, signal?: AbortSignal): Promise<Uri[]> {
  const videos: Uri[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (signal?.aborted) break;
    for (const [name, type] of await listFolder(next)) {
      const uri = Uri.joinPath(next, name);
      // Links to folders are not followed, because they can form loops.
      if (type === FileType.Directory && !skippedFolders.has(name)) folders.push(uri);
      else if ((type & FileType.File) !== 0 && isVideo(uri)) videos.push(uri);
    }
  }
  return videos.sort((a, b) => a.path.localeCompare(b.path));
}

// A folder that cannot be read, or that is gone, has no videos to upload.
async function listFolder(folder: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
