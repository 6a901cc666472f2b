import type { Clip } from "@clipcourier/core";
import { type TextDocument, workspace } from "vscode";
import { titleOf } from "../clips/clip-text.js";
import { syntaxOf } from "./placeholders.js";
import { renderClip } from "./render-clip.js";

/** A clip as the text that is inserted into a document, by the template of its language. */
export function writeClip(clip: Clip, document: TextDocument): string {
  const { id, url, previewGif: preview, thumbnailUrl: thumbnail } = clip;
  const template = workspace.getConfiguration("clipcourier", document).get("insertTemplate", "");
  const shown = { id, url, preview, thumbnail, title: titleOf(clip) };
  return renderClip(shown, syntaxOf(document), template);
}
