import type { Clip } from "@clipcourier/core";
import { commands, type Disposable, type LogOutputChannel, l10n, window } from "vscode";
import type { Services } from "../services/services.js";
import { describeError } from "../texts/describe-error.js";
import { type ClipEditors, openInBrowser } from "./clip-editor.js";
import { ClipItem } from "./clip-item.js";
import type { ClipList } from "./clip-list.js";
import { titleOf, toMarkdown } from "./clip-text.js";
import { copy } from "./clipboard.js";
import type { ClipsView } from "./clips-view.js";

export interface ClipCommandsContext {
  list: ClipList;
  view: ClipsView;
  editors: ClipEditors;
  services: Services;
  log: LogOutputChannel;
}

/** Registers the commands for clips in the Clips view. */
export function registerClipCommands(context: ClipCommandsContext): Disposable[] {
  const { list, view, editors } = context;
  const register = (name: string, run: (item: ClipItem) => unknown) =>
    commands.registerCommand(`clipcourier.${name}`, (given: unknown) => {
      // A key binding passes no item.
      const item = given instanceof ClipItem ? given : view.selected;
      return item === undefined ? undefined : run(item);
    });
  return [
    commands.registerCommand("clipcourier.refreshClips", () => list.refresh()),
    commands.registerCommand("clipcourier.loadMoreClips", () => list.loadMore()),
    register("openClip", ({ clip }) => editors.open(clip)),
    register("openClipInBrowser", ({ clip }) => openInBrowser(clip)),
    register("copyClipId", ({ clip }) => copy([clip.id])),
    register("copyClipLink", ({ clip }) => copy([clip.url])),
    register("copyClipMarkdown", ({ clip }) => copy([toMarkdown(clip)])),
    register("revealLocalFile", ({ localFile }) =>
      commands.executeCommand("revealInExplorer", localFile),
    ),
    register("deleteClip", ({ clip }) => deleteClip(clip, context)),
  ];
}

async function deleteClip(
  clip: Clip,
  { list, editors, services, log }: ClipCommandsContext,
): Promise<void> {
  const yes = l10n.t("Delete");
  const question = l10n.t("Delete the clip {0}?", titleOf(clip));
  const detail = l10n.t("Its page stops working for everyone. The local file stays.");
  const options = { modal: true, detail };
  if ((await window.showWarningMessage(question, options, yes)) !== yes) return;
  try {
    await list.delete(clip);
    editors.close(clip.id);
    log.info(`Deleted clip ${clip.id} (${titleOf(clip)})`);
  } catch (error) {
    log.error(`Clip ${clip.id} was not deleted: ${String(error)}`);
    const reason = describeError(error, services.active?.label ?? "");
    const message = l10n.t("{0} was not deleted: {1}", titleOf(clip), reason);
    void window.showErrorMessage(message);
  }
}
