import type { Clip } from "@clipcourier/core";
import { l10n, type TextEditor, window } from "vscode";
import { titleOf } from "../clips/clip-text.js";
import { asText } from "../texts/as-text.js";
import { fitInto } from "./render-clip.js";
import { readSurroundings } from "./surroundings.js";
import { writeClip } from "./write-clip.js";

/** Inserts a clip at the cursors of an editor. */
export async function insertClip(clip: Clip, editor: TextEditor | undefined): Promise<void> {
  if (editor === undefined) {
    const text = l10n.t("Open a file and put the cursor where the clip should be inserted.");
    void window.showWarningMessage(text);
    return;
  }
  if (await write(clip, await show(editor))) return;
  const name = titleOf(clip);
  const text = l10n.t("{0} could not be inserted: the file cannot be changed here.", name);
  void window.showErrorMessage(asText(text));
}

/** Something else may have taken the place of the editor meanwhile: then it comes back. */
async function show(editor: TextEditor): Promise<TextEditor> {
  const { document, viewColumn, selections } = editor;
  const isVisible = window.visibleTextEditors.includes(editor);
  const shown = await window.showTextDocument(document, viewColumn);
  if (!isVisible) shown.selections = selections;
  return shown;
}

function write(clip: Clip, editor: TextEditor): Thenable<boolean> {
  const { document, selections } = editor;
  const text = writeClip(clip, document);
  return editor.edit((builder) => {
    for (const selection of selections) {
      builder.replace(selection, fitInto(text, readSurroundings(document, selection)));
    }
  });
}
