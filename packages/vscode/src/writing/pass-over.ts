import { setImmediate } from "node:timers/promises";
import { commands, type TextDocument, window } from "vscode";
import type { Insertion } from "./insertion.js";
import { holdsAny, replacePlaceholders } from "./placeholders.js";

/**
 * Takes placeholders away that an undo or a redo has brought back. They were only a step on the way, so
 * one more step leads past them. Where other text was written meanwhile, that step would undo the text:
 * there an edit removes them. The edit is a step itself, and an undo of it goes one step further.
 */
export async function passOver(
  insertion: Insertion,
  document: TextDocument,
  direction: "undo" | "redo",
): Promise<void> {
  if (!insertion.isWrittenOver || insertion.isSwept) await step(document, direction);
  if (!holdsAny(document.getText(), insertion.placeholders)) return;
  insertion.isSwept = true;
  await replacePlaceholders(document.uri, insertion.placeholders, () => "");
}

async function step(document: TextDocument, direction: "undo" | "redo"): Promise<void> {
  const { version } = document;
  // Changes that have arrived by now are seen first: a step too far would undo somebody's text.
  await setImmediate();
  const isActive = window.activeTextEditor?.document === document;
  if (isActive && document.version === version) await commands.executeCommand(direction);
}
