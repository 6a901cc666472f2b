import type { Clip } from "@clipcourier/core";
import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, type Uri, workspace } from "vscode";
import { formatBytes, formatPlayingTime } from "../texts/amounts.js";
import { escapeMarkdown, titleOf } from "./clip-text.js";
import type { Pictures } from "./pictures.js";

/** A clip in the Clips view. */
export class ClipItem extends TreeItem {
  readonly clip: Clip;
  readonly localFile: Uri | undefined;

  constructor(clip: Clip, localFile: Uri | undefined) {
    super(titleOf(clip));
    this.clip = clip;
    this.localFile = localFile;
    this.id = clip.id;
    this.description = describeClip(clip).join(" · ");
    this.iconPath = icons[clip.status];
    this.contextValue = localFile === undefined ? "clip" : "clip local";
    this.accessibilityInformation = {
      label: [titleOf(clip), ...describeClip(clip), describeStatus(clip)].join(", "),
    };
    this.command = { command: "clipcourier.openClip", title: "", arguments: [this] };
  }
}

const icons: Record<Clip["status"], ThemeIcon> = {
  pending: new ThemeIcon("sync~spin"),
  available: new ThemeIcon("device-camera-video"),
  failed: new ThemeIcon("error", new ThemeColor("list.errorForeground")),
};

/** The last item of a list that has more clips. */
export function makeLoadMoreItem(): TreeItem {
  const item = new TreeItem(l10n.t("Load More"));
  item.iconPath = new ThemeIcon("ellipsis");
  item.command = { command: "clipcourier.loadMoreClips", title: "" };
  return item;
}

function describeClip({ duration, size, status }: Clip): string[] {
  return [
    ...(duration === undefined ? [] : [formatPlayingTime(duration)]),
    ...(size === undefined ? [] : [formatBytes(size)]),
    ...(status === "pending" ? [l10n.t("pending")] : []),
    ...(status === "failed" ? [l10n.t("failed")] : []),
  ];
}

function describeStatus({ status, reason }: Clip): string {
  if (status === "pending") return l10n.t("The service is making the clip.");
  if (status === "available") return l10n.t("Ready to play");
  return l10n.t("The service could not make it: {0}", reason ?? l10n.t("it gives no reason"));
}

/** The tooltip of a clip: picture, status, id, facts, local file. */
export async function makeTooltip(
  { clip, localFile }: ClipItem,
  pictures: Pictures,
): Promise<MarkdownString> {
  const { width, height, codec, thumbnailUrl } = clip;
  const picture = thumbnailUrl === null ? undefined : await pictures.load(thumbnailUrl);
  const facts = [
    ...describeClip(clip),
    ...(width && height ? [`${width} × ${height}`] : []),
    ...(codec ? [codec] : []),
  ];
  const lines = [
    `**${escapeMarkdown(titleOf(clip))}**`,
    ...(picture === undefined ? [] : [`![](${picture}|width=320)`]),
    escapeMarkdown(describeStatus(clip)),
    escapeMarkdown(facts.join(" · ")),
    `\`${clip.id.replaceAll("`", "")}\``,
    ...(localFile === undefined
      ? []
      : [`$(file-media) ${escapeMarkdown(workspace.asRelativePath(localFile))}`]),
  ];
  return new MarkdownString(lines.filter((line) => line !== "").join("\n\n"), true);
}
