import { photoExtensions, videoExtensions } from "@clipcourier/core";
import { l10n, TabInputCustom, TabInputText, Uri, window } from "vscode";
import { isUploadable } from "./video-files.js";

/** What a person chose. */
export interface Selection {
  /** Videos and pictures. */
  files: Uri[];
  /** Files that were chosen as well and are neither. */
  leftOut: Uri[];
}

/**
 * Reads what a menu passes to a command. The command palette passes nothing: then the open video or
 * picture is meant, or a dialog asks.
 */
export async function readSelection(...given: unknown[]): Promise<Selection> {
  const uris = listFiles(given);
  if (uris.length > 0) return sortSelection(uris);
  const open = findOpenFile();
  return sortSelection(open === undefined ? await pickFiles() : [open]);
}

/**
 * The files that a menu passes to a command. The Explorer passes the file that was clicked, and a list
 * of all that are selected; the Source Control view each selected change, or a whole group of them.
 */
export function listFiles(given: readonly unknown[]): Uri[] {
  const selected = given[1];
  const items = Array.isArray(selected) && selected.length > 0 ? selected : given;
  return items.flatMap(listFilesOf);
}

function listFilesOf(item: unknown): Uri[] {
  if (item instanceof Uri) return [item];
  if (typeof item !== "object" || item === null) return [];
  if ("resourceUri" in item) return listFilesOf(item.resourceUri);
  const states = "resourceStates" in item ? item.resourceStates : undefined;
  return Array.isArray(states) ? states.flatMap(listFilesOf) : [];
}

/** Separates videos and pictures from other files. Each is taken once, in the given order. */
export function sortSelection(uris: readonly Uri[]): Selection {
  const distinct = [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
  return {
    files: distinct.filter(isUploadable),
    leftOut: distinct.filter((uri) => !isUploadable(uri)),
  };
}

function findOpenFile(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const isOfFile = input instanceof TabInputCustom || input instanceof TabInputText;
  return isOfFile && isUploadable(input.uri) ? input.uri : undefined;
}

async function pickFiles(): Promise<Uri[]> {
  const picked = await window.showOpenDialog({
    title: l10n.t("Upload as Clip"),
    openLabel: l10n.t("Upload"),
    canSelectMany: true,
    filters: {
      [l10n.t("Videos")]: inBothCases(videoExtensions),
      [l10n.t("Pictures")]: inBothCases(photoExtensions),
    },
  });
  return picked ?? [];
}

function inBothCases(extensions: readonly string[]): string[] {
  return [...extensions, ...extensions.map((extension) => extension.toUpperCase())];
}
