import { env, l10n, window } from "vscode";

/** Puts lines on the clipboard, and says so where it disturbs nobody. */
export async function copy(lines: readonly string[]): Promise<void> {
  await env.clipboard.writeText(lines.join("\n"));
  window.setStatusBarMessage(`$(check) ${l10n.t("Copied.")}`, 3000);
}
