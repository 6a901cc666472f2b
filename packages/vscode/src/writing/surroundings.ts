import type { Range, TextDocument } from "vscode";
import type { Surroundings } from "./render-clip.js";

/** What is around a range of a document. */
export function readSurroundings(document: TextDocument, { start, end }: Range): Surroundings {
  const readLine = (line: number) =>
    line >= 0 && line < document.lineCount ? document.lineAt(line).text : "";
  return {
    before: readLine(start.line).slice(0, start.character),
    after: readLine(end.line).slice(end.character),
    above: readLine(start.line - 1),
    below: readLine(end.line + 1),
  };
}
