import { env, l10n, window } from "vscode";

/** Copies lines to the clipboard, and says so in the status bar. */
export async function copy(lines: readonly string[]): Promise<void> {
  await env.clipboard.writeText(lines.join("\n"));
  window.setStatusBarMessage(`$(check) ${l10n.t("Copied.")}`, 3000);
}
