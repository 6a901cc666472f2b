import { commands, FileSystemError, l10n, Uri, window, workspace } from "vscode";
import { asText } from "../texts/as-text.js";

/**
 * Shows the file that a clip was made from in the Explorer. Of one that is gone it says so, and has it
 * forgotten, unless its folder is gone too: a disk can be connected again.
 */
export async function revealLocalFile(file: Uri, forget: () => Promise<void>): Promise<void> {
  if (await isThere(file)) {
    await commands.executeCommand("revealInExplorer", file);
    return;
  }
  const name = workspace.asRelativePath(file);
  if (!(await isThere(Uri.joinPath(file, "..")))) {
    const text = l10n.t(
      "{0} cannot be found: its folder is gone, or its disk is not connected. The clip is still there.",
      name,
    );
    void window.showWarningMessage(asText(text));
    return;
  }
  await forget();
  const message = l10n.t(
    "{0} is gone: it was moved, renamed or deleted. The clip is still there.",
    name,
  );
  void window.showWarningMessage(asText(message));
}

async function isThere(file: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(file);
    return true;
  } catch (error) {
    // What cannot be looked at for another reason may be there.
    return !(error instanceof FileSystemError && error.code === "FileNotFound");
  }
}
