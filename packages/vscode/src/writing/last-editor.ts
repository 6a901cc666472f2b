import {
  type Disposable,
  TabInputTextDiff,
  type TextEditor,
  type Uri,
  window,
  workspace,
} from "vscode";

/** Knows the text editor that had the focus last and can be written to. */
export class LastEditor implements Disposable {
  readonly #listener: Disposable;
  #last: TextEditor | undefined;

  constructor() {
    this.#remember(window.activeTextEditor);
    this.#listener = window.onDidChangeActiveTextEditor((editor) => this.#remember(editor));
  }

  /** `undefined` after its document was closed. */
  readonly find = (): TextEditor | undefined => {
    this.#remember(window.activeTextEditor);
    return this.#last?.document.isClosed ? undefined : this.#last;
  };

  dispose(): void {
    this.#listener.dispose();
  }

  #remember(editor: TextEditor | undefined): void {
    if (editor !== undefined && isWritable(editor.document.uri)) this.#last = editor;
  }
}

// The output and the input of a console are text editors too, and so is the left side of a comparison.
function isWritable(uri: Uri): boolean {
  if (isOriginal(uri)) return false;
  const isOfEditor = uri.scheme === "untitled" || uri.scheme === "vscode-notebook-cell";
  return isOfEditor || workspace.fs.isWritableFileSystem(uri.scheme) === true;
}

function isOriginal(uri: Uri): boolean {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputTextDiff)) return false;
  return (
    input.original.toString() === uri.toString() && input.modified.toString() !== uri.toString()
  );
}
