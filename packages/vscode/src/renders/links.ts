import { l10n, Position, Range, ThemeIcon, type Uri, WorkspaceEdit, workspace } from "vscode";
import { type AddressPair, type FoundAddress, findAddresses } from "./addresses.js";
import { findLineStarts, toLineAndCharacter } from "./lines.js";
import { readTexts, type SearchedText, type SearchLimits } from "./text-files.js";

/** A place in the workspace where an earlier clip is named. */
interface FoundLink extends FoundAddress {
  uri: Uri;
  range: Range;
}

/** One that can be replaced. */
interface Link extends FoundLink {
  to: string;
}

/** The places that name earlier clips. */
export interface FoundLinks {
  links: Link[];
  /** How many files they are in. The cells of a notebook count as one. */
  fileCount: number;
  /** Addresses that stay, because the newer clip has none of that kind. */
  kept: string[];
  limits: SearchLimits;
}

/**
 * Looks through the workspace and all open editors for addresses and ids of earlier clips. The places in
 * open editors are those of the moment in which it resolves.
 */
export async function findLinks(pairs: readonly AddressPair[]): Promise<FoundLinks> {
  const limits: SearchLimits = { large: [], areMore: false };
  const byFile = new Map<string, FoundLink[]>();
  for await (const text of readTexts(limits)) byFile.set(text.uri.toString(), locate(text, pairs));
  const found = [...byFile.values()].flat();
  const links = found.filter((one): one is Link => one.to !== undefined);
  const fileCount = new Set(links.map(({ uri }) => uri.path)).size;
  const kept = found.filter(({ to }) => to === undefined).map(({ from }) => from);
  return { links, fileCount, kept: [...new Set(kept)], limits };
}

function locate({ uri, text }: SearchedText, pairs: readonly AddressPair[]): FoundLink[] {
  const found = findAddresses(text, pairs);
  if (found.length === 0) return [];
  const lineStarts = findLineStarts(text);
  const toPosition = (offset: number) => new Position(...toLineAndCharacter(lineStarts, offset));
  return found.map((one) => ({
    ...{ ...one, uri },
    range: new Range(toPosition(one.start), toPosition(one.end)),
  }));
}

/**
 * Replaces links in one step, which can be undone as one. Resolves with whether the editor has changed
 * any text: it changes none where one of them was typed into meanwhile or cannot be written, where a
 * preview was discarded, and where nothing was ticked in it.
 *
 * @param isShown whether the editor shows the changes first, and the person ticks those to make
 */
export async function replaceLinks(links: readonly Link[], isShown: boolean): Promise<boolean> {
  const edit = new WorkspaceEdit();
  const metadata = {
    needsConfirmation: true,
    label: l10n.t("Links to earlier clips: tick those to replace"),
    iconPath: new ThemeIcon("link"),
  };
  for (const { uri, range, to } of links) {
    edit.replace(uri, range, to, isShown ? metadata : undefined);
  }
  return await workspace.applyEdit(edit, { isRefactoring: true });
}
