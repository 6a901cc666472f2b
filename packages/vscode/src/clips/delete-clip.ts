import type { Clip } from "@clipcourier/core";
import { type LogOutputChannel, l10n, type QuickPickItem, ThemeIcon, window } from "vscode";
import type { Services } from "../services/services.js";
import { formatPlayingTime } from "../texts/amounts.js";
import { asText } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import type { ClipEditors } from "./clip-editor.js";
import { formatDate } from "./clip-item.js";
import type { ClipList } from "./clip-list.js";
import { titleOf } from "./clip-text.js";

export interface DeleteContext {
  list: ClipList;
  editors: ClipEditors;
  services: Services;
  log: LogOutputChannel;
}

/** Deletes a clip after a question. */
export async function deleteClip(clip: Clip, context: DeleteContext): Promise<void> {
  const { list, editors, services, log } = context;
  if (!(await confirm(clip))) return;
  try {
    await list.delete(clip);
    editors.close(clip);
    log.info(`Deleted clip ${clip.id} (${titleOf(clip)})`);
  } catch (error) {
    log.error(`Clip ${clip.id} was not deleted: ${String(error)}`);
    const reason = describeError(error, services.active?.label ?? "");
    const message = l10n.t("{0} was not deleted: {1}", titleOf(clip), reason);
    void window.showErrorMessage(asText(message));
  }
}

// A list, because Enter in the editor's dialog would take the button that deletes: it puts Cancel last.
async function confirm(clip: Clip): Promise<boolean> {
  const cancel: QuickPickItem = { label: l10n.t("Cancel"), iconPath: new ThemeIcon("close") };
  const confirmed: QuickPickItem = {
    label: l10n.t("Delete"),
    iconPath: new ThemeIcon("trash"),
    description: identify(clip),
    detail: l10n.t("Its page stops working for everyone. The local file stays."),
  };
  const title = l10n.t("Delete the clip {0}?", titleOf(clip));
  return (await window.showQuickPick([cancel, confirmed], { title })) === confirmed;
}

/** What tells a clip from others of its name: when it was made, and how long it is. */
function identify(clip: Clip): string {
  const { id, duration } = clip;
  const length = duration === undefined ? undefined : formatPlayingTime(duration);
  return [formatDate(clip), length, id].filter((fact) => fact !== undefined).join(" · ");
}
