import { commands, type Disposable, l10n, window } from "vscode";
import { asText } from "../texts/as-text.js";
import { ClipGroupItem, ClipItem } from "./clip-item.js";
import { copyLinks, type LinkContext, openInBrowser } from "./clip-links.js";
import { toMarkdown } from "./clip-text.js";
import { copy } from "./clipboard.js";
import type { ClipsView } from "./clips-view.js";
import { type DeleteContext, deleteClip } from "./delete-clip.js";
import type { LocalFiles } from "./local-files.js";
import { pickClip } from "./pick-clip.js";
import type { Pictures } from "./pictures.js";
import { revealLocalFile } from "./reveal-local-file.js";

export interface ClipCommandsContext extends DeleteContext, LinkContext {
  pictures: Pictures;
  view: ClipsView;
  localFiles: LocalFiles;
}

/** Registers the commands for clips in the Clips view. */
export function registerClipCommands(context: ClipCommandsContext): Disposable[] {
  const { list, view, editors, localFiles, services } = context;
  const register = (name: string, run: (item: ClipItem) => unknown) =>
    commands.registerCommand(`clipcourier.${name}`, async (given: unknown) => {
      // A key passes no item.
      const item = given instanceof ClipItem ? given : await view.findFocused(isOfKey(given));
      if (item instanceof ClipItem) await run(item);
      else if (item instanceof ClipGroupItem) sayThatItIsSeveral(item);
    });
  return [
    commands.registerCommand("clipcourier.refreshClips", () => list.refresh()),
    commands.registerCommand("clipcourier.loadMoreClips", () => list.loadMore()),
    commands.registerCommand("clipcourier.findClips", () => findClip(context)),
    register("openClip", ({ clip }) => editors.open(clip)),
    register("openClipInBrowser", ({ clip }) => openInBrowser(clip, services.active, context)),
    register("copyClipId", ({ clip }) => copy([clip.id])),
    register("copyClipLink", ({ clip }) => copyLinks([clip], services.active, context)),
    register("copyClipMarkdown", ({ clip }) => copy([toMarkdown(clip)])),
    register("revealLocalFile", async ({ clip, localFile }) => {
      const { active } = services;
      if (localFile === undefined || active === undefined) return;
      await revealLocalFile(localFile, () => localFiles.forget(clip.id, active));
    }),
    register("deleteClip", ({ clip }) => deleteClip(clip, context)),
  ];
}

function sayThatItIsSeveral({ name, clips }: ClipGroupItem): void {
  const message = l10n.t("{0} is the name of {1} clips. Choose one below it.", name, clips.length);
  void window.showInformationMessage(asText(message));
}

async function findClip(context: ClipCommandsContext): Promise<void> {
  const { list, pictures, services, editors } = context;
  const host = services.active?.label ?? "";
  const clip = await pickClip({ list, pictures, host }, l10n.t("Find Clips by Name"));
  if (clip !== undefined) await editors.open(clip);
}

/** Whether a key has toggled the selection already, as those in the manifest do. */
function isOfKey(given: unknown): boolean {
  return given === "toggled";
}
