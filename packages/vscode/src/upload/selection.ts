import { l10n, TabInputCustom, TabInputText, Uri, window } from "vscode";
import { isVideo, videoExtensions } from "./video-files.js";

/** What a person chose, videos and others apart. */
export interface Selection {
  videos: Uri[];
  /** Files that were chosen as well and are no videos. */
  leftOut: Uri[];
}

/**
 * Reads what a menu passes to a command: the item that was clicked, and all that are selected. The
 * command palette passes nothing: then the open video is meant, or a dialog asks.
 */
export async function readSelection(clicked: unknown, selected: unknown): Promise<Selection> {
  const given = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
  const uris = given.filter((one): one is Uri => one instanceof Uri);
  if (uris.length > 0) return sortSelection(uris);
  const open = findOpenVideo();
  return open === undefined ? sortSelection(await pickVideos()) : sortSelection([open]);
}

/** Separates videos from other files. Each is taken once, in the given order. */
export function sortSelection(uris: readonly Uri[]): Selection {
  const distinct = [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
  return {
    videos: distinct.filter(isVideo),
    leftOut: distinct.filter((uri) => !isVideo(uri)),
  };
}

function findOpenVideo(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const isOfFile = input instanceof TabInputCustom || input instanceof TabInputText;
  return isOfFile && isVideo(input.uri) ? input.uri : undefined;
}

async function pickVideos(): Promise<Uri[]> {
  const picked = await window.showOpenDialog({
    title: l10n.t("Upload as Clip"),
    openLabel: l10n.t("Upload"),
    canSelectMany: true,
    filters: { [l10n.t("Videos")]: [...videoExtensions, ...videoExtensions.map(toUpper)] },
  });
  return picked ?? [];
}

function toUpper(text: string): string {
  return text.toUpperCase();
}
