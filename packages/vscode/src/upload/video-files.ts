import { posix } from "node:path";
import { FileType, Uri, workspace } from "vscode";

/** Without the dot, in lower case. The `when` clauses of the manifest hold the same ones. */
export const videoExtensions = ["mp4", "m4v", "mov", "avi", "webm", "mkv"] as const;

const pattern = new RegExp(`\\.(${videoExtensions.join("|")})$`, "i");

export function isVideo(uri: Uri): boolean {
  return pattern.test(uri.path);
}

/** The file name alone. */
export function nameOf(uri: Uri): string {
  return posix.basename(uri.path);
}

// Nobody keeps videos to share in them, and they are the largest folders of most workspaces.
const skippedFolders = new Set(["node_modules", ".git"]);

/** The videos in a folder and everything below it, in the order of their paths. */
export async function findVideos(folder: Uri, signal?: AbortSignal): Promise<Uri[]> {
  const videos: Uri[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (signal?.aborted) break;
    for (const [name, type] of await listFolder(next)) {
      const uri = Uri.joinPath(next, name);
      // A link to a folder may lead back to where it stands.
      if (type === FileType.Directory && !skippedFolders.has(name)) folders.push(uri);
      else if ((type & FileType.File) !== 0 && isVideo(uri)) videos.push(uri);
    }
  }
  return videos.sort((a, b) => a.path.localeCompare(b.path));
}

// A folder that may not be read, or that is gone meanwhile, holds nothing to upload.
async function listFolder(folder: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
