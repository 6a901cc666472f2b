import type { Clip } from "@clipcourier/core";
import { type TextDocument, workspace } from "vscode";
import { findPictures, titleOf } from "../clips/clip-text.js";
import { syntaxOf } from "./placeholders.js";
import { renderClip } from "./render-clip.js";

/** A clip as the text that is inserted into a document, by the template of its language. */
export function writeClip(clip: Clip, document: TextDocument): string {
  const { id, url } = clip;
  const template = workspace.getConfiguration("clipcourier", document).get("insertTemplate", "");
  const shown = { id, url, ...findPictures(clip), title: titleOf(clip) };
  return renderClip(shown, syntaxOf(document), template);
}
