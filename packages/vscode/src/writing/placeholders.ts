import { randomBytes } from "node:crypto";
import { l10n, Range, type TextDocument, Uri, WorkspaceEdit, workspace } from "vscode";
import { nameOf } from "../upload/video-files.js";
import { findPlaceholders } from "./find-placeholders.js";
import { fitInto, renderPlaceholder } from "./render-clip.js";
import type { StoredPlaceholder } from "./stored-placeholders.js";
import { readSurroundings } from "./surroundings.js";
import { findSyntax, type Syntax } from "./syntaxes.js";

/** What is known of a placeholder: a text that stands where the clip of a video is going to be. */
export interface Placeholder {
  video: Uri;
  /** A part of the text that no other one has. */
  marker: string;
}

export function makePlaceholder(video: Uri): Placeholder {
  return { video, marker: `uploading:${randomBytes(6).toString("hex")}` };
}

export function restorePlaceholder({ marker, video }: StoredPlaceholder): Placeholder {
  return { marker, video: Uri.parse(video) };
}

export function writePlaceholder({ video, marker }: Placeholder, document: TextDocument): string {
  const title = l10n.t("Uploading {0}…", nameOf(video));
  return renderPlaceholder(title, marker, syntaxOf(document));
}

export function syntaxOf({ languageId, uri }: TextDocument): Syntax {
  return findSyntax(languageId, uri.path);
}

/**
 * Replaces placeholders wherever they stand by now, in one step of undoing: in all open documents, or
 * else in a closed one.
 *
 * @param uri of the document in which they stood last
 * @param write gives the text that takes the place of one
 * @returns those that are nowhere any more
 */
export function replacePlaceholders(
  uri: Uri,
  placeholders: readonly Placeholder[],
  write: (placeholder: Placeholder, document: TextDocument) => string,
): Promise<Placeholder[]> {
  const replacing = last.then(() => replaceNow(uri, placeholders, write));
  last = replacing.catch(() => {});
  return replacing;
}

// An edit that is computed while another one is applied would be refused.
let last: Promise<unknown> = Promise.resolve();

async function replaceNow(
  uri: Uri,
  placeholders: readonly Placeholder[],
  write: (placeholder: Placeholder, document: TextDocument) => string,
): Promise<Placeholder[]> {
  const isHolding = (document: TextDocument) => holdsAny(document.getText(), placeholders);
  const open = workspace.textDocuments.filter((document) => !document.isClosed).filter(isHolding);
  const documents = open.length > 0 ? open : await openDocument(uri);
  const edit = new WorkspaceEdit();
  const missing = new Set(placeholders);
  for (const document of documents) {
    const content = document.getText();
    for (const placeholder of placeholders) {
      const text = write(placeholder, document);
      for (const { start, end } of findPlaceholders(
        content,
        placeholder.marker,
        syntaxOf(document),
      )) {
        missing.delete(placeholder);
        const range = new Range(document.positionAt(start), document.positionAt(end));
        edit.replace(document.uri, range, fitInto(text, readSurroundings(document, range)));
      }
    }
  }
  if (edit.size === 0 || (await workspace.applyEdit(edit))) return [...missing];
  return [...placeholders];
}

export function holdsAny(text: string, placeholders: readonly Placeholder[]): boolean {
  return placeholders.some(({ marker }) => text.includes(marker));
}

// Opening an untitled document makes a new one.
async function openDocument(uri: Uri): Promise<TextDocument[]> {
  if (uri.scheme === "untitled") return [];
  return workspace.openTextDocument(uri).then(
    (document) => [document],
    () => [],
  );
}
