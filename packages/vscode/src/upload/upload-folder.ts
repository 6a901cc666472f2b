import { l10n, ProgressLocation, Uri, window } from "vscode";
import { asText } from "../texts/as-text.js";
import { listFiles, sortSelection } from "./selection.js";
import type { Uploads } from "./uploads.js";
import { findVideos, isThere, isVideo, nameOf } from "./video-files.js";

// Up to so many videos are uploaded without asking.
const mostUnasked = 10;

/** Uploads the videos in folders and below them. When there are many, it asks first. */
export async function uploadFolder(
  uploads: Uploads,
  clicked: unknown,
  selected: unknown,
): Promise<void> {
  const given = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
  const folders = given.filter((one): one is Uri => one instanceof Uri);
  const videos = await searchFolders(folders);
  const name = folders.map(nameOf).join(", ");
  if (videos.length === 0) {
    void window.showInformationMessage(asText(l10n.t("There are no videos in {0}.", name)));
    return;
  }
  const question = l10n.t("Upload {0} videos from {1} as clips?", videos.length, name);
  await uploadMany(uploads, videos, question);
}

/**
 * Uploads the videos of a group or folder in the Source Control view, which holds other files and
 * deleted ones as well. When there are many, it asks first.
 */
export async function uploadChangedVideos(
  uploads: Uploads,
  given: readonly unknown[],
): Promise<void> {
  const changed = sortSelection(listFiles(given)).files.filter(isVideo);
  const areThere = await Promise.all(changed.map(isThere));
  const videos = changed.filter((_, index) => areThere[index]);
  if (videos.length === 0) {
    void window.showInformationMessage(l10n.t("There are no videos among these changes."));
    return;
  }
  const question = l10n.t("Upload {0} changed videos as clips?", videos.length);
  await uploadMany(uploads, videos, question);
}

async function uploadMany(uploads: Uploads, videos: Uri[], question: string): Promise<void> {
  if (videos.length > mostUnasked) {
    const yes = l10n.t("Upload");
    if ((await window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
  }
  await uploads.upload({ files: videos, leftOut: [] });
}

async function searchFolders(folders: readonly Uri[]): Promise<Uri[]> {
  const options = { location: ProgressLocation.Window, title: l10n.t("Looking for videos") };
  const found = await window.withProgress(options, () => Promise.all(folders.map(searchFolder)));
  return [...new Map(found.flat().map((uri) => [uri.toString(), uri])).values()];
}

// A selection of folders can hold videos as well.
async function searchFolder(uri: Uri): Promise<Uri[]> {
  const videos = await findVideos(uri);
  return videos.length === 0 && isVideo(uri) ? [uri] : videos;
}
