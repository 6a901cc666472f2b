import type { Clip } from "@clipcourier/core";
import {
  env,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  workspace,
} from "vscode";
import { formatAge } from "../texts/age.js";
import { formatBytes, formatPlayingTime } from "../texts/amounts.js";
import { withoutIcons } from "../texts/as-text.js";
import { escapeMarkdown, findThumbnail, isBeingMade, madeAt, titleOf } from "./clip-text.js";
import type { Pictures } from "./pictures.js";

/** A clip in the Clips view. */
export class ClipItem extends TreeItem {
  readonly clip: Clip;
  readonly localFile: Uri | undefined;

  /** @param isInGroup whether it is among clips of its name, where its date stands for the name */
  constructor(clip: Clip, localFile: Uri | undefined, isInGroup = false) {
    super((isInGroup ? formatDate(clip) : undefined) ?? titleOf(clip));
    this.clip = clip;
    this.localFile = localFile;
    this.id = clip.id;
    // A narrow side bar has no room for the age beside the date.
    this.description = (isInGroup ? describeClip(clip) : describeFacts(clip)).join(" · ");
    this.iconPath = iconOf(clip);
    this.contextValue = localFile === undefined ? "clip" : "clip local";
    this.accessibilityInformation = {
      label: [titleOf(clip), ...describeFacts(clip), describeStatus(clip)].join(", "),
    };
    this.command = { command: "clipcourier.openClip", title: "", arguments: [this] };
  }
}

/** Several clips of one name, the newest first. */
export class ClipGroupItem extends TreeItem {
  readonly name: string;
  readonly clips: readonly Clip[];

  constructor(newest: Clip, others: readonly Clip[]) {
    const name = titleOf(newest);
    super(name, TreeItemCollapsibleState.Collapsed);
    this.name = name;
    this.clips = [newest, ...others];
    this.id = `name:${name}`;
    const facts = [l10n.t("{0} clips", this.clips.length), ...describeAge(newest)];
    this.description = facts.join(" · ");
    this.iconPath = new ThemeIcon("files");
    this.contextValue = "group";
    this.accessibilityInformation = { label: [name, ...facts].join(", ") };
  }
}

const statusIcons = {
  pending: new ThemeIcon("sync~spin"),
  failed: new ThemeIcon("error", new ThemeColor("list.errorForeground")),
};
const assetIcons = {
  videoclip: new ThemeIcon("device-camera-video"),
  photo: new ThemeIcon("device-camera"),
};

/** The icon of a clip in a list: what it is, or its status where it is not available. */
export function iconOf({ status, asset = "videoclip" }: Clip): ThemeIcon {
  return status === "available" ? assetIcons[asset] : statusIcons[status];
}

/** The last item of a list that has more clips. */
export function makeLoadMoreItem(): TreeItem {
  const item = new TreeItem(l10n.t("Load More"));
  item.id = "loadMore";
  item.iconPath = new ThemeIcon("ellipsis");
  item.command = { command: "clipcourier.loadMoreClips", title: "" };
  return item;
}

function describeClip({ asset, duration, width, height, size, status, isPrivate }: Clip): string[] {
  return [
    ...(asset === "photo" && width && height ? [`${width} × ${height}`] : []),
    ...(duration === undefined ? [] : [formatPlayingTime(duration)]),
    ...(size === undefined ? [] : [formatBytes(size)]),
    ...(status === "pending" ? [l10n.t("pending")] : []),
    ...(status === "failed" ? [l10n.t("failed")] : []),
    ...(isPrivate ? [l10n.t("private")] : []),
  ];
}

function describeAge(clip: Clip): string[] {
  const time = madeAt(clip);
  return time === undefined ? [] : [formatAge(time, Date.now(), env.language)];
}

/** What tells a clip from others in a list: length, size, status where it is not available, and age. */
export function describeFacts(clip: Clip): string[] {
  return [...describeClip(clip), ...describeAge(clip)];
}

// Making one takes far longer than using it. The language of the editor stays.
let dateFormat: Intl.DateTimeFormat | undefined;

/** When a clip was made, in the time zone of the extension: `Mar 1, 2026, 12:00:00 PM`. */
export function formatDate(clip: Clip): string | undefined {
  const time = madeAt(clip);
  return time === undefined ? undefined : formatTime(time);
}

/**
 * A moment as {@link formatDate} gives it.
 *
 * @param time milliseconds since 1970
 */
export function formatTime(time: number): string {
  const style = { dateStyle: "medium", timeStyle: "medium" } as const;
  dateFormat ??= new Intl.DateTimeFormat(env.language, style);
  return dateFormat.format(time);
}

function describeStatus(clip: Clip): string {
  const { status, reason } = clip;
  if (status === "pending") return l10n.t("The service is making the clip.");
  if (isBeingMade(clip)) return l10n.t("The service is making a version that browsers play.");
  if (clip.plays === "download only") {
    return l10n.t("Browsers do not play it; it can be downloaded from its page.");
  }
  if (status === "available" && clip.asset === "photo") return l10n.t("Ready");
  if (status === "available") return l10n.t("Ready to play");
  return l10n.t("The service could not make it: {0}", reason ?? l10n.t("it gives no reason"));
}

// A tooltip draws icons, and a backslash before the bracket would not keep it from that.
function escapeLine(text: string): string {
  return escapeMarkdown(withoutIcons(text));
}

/** The tooltip of a clip: picture, status, id, facts, local file. */
export async function makeTooltip(
  { clip, localFile }: ClipItem,
  pictures: Pictures,
): Promise<MarkdownString> {
  const { asset, width, height, codec } = clip;
  const thumbnailUrl = findThumbnail(clip);
  // The editor asks once for the tooltip of a row, and shows it as often as somebody points there.
  const picture = thumbnailUrl === undefined ? undefined : await pictures.load(thumbnailUrl, true);
  const facts = [
    ...describeClip(clip),
    ...(asset !== "photo" && width && height ? [`${width} × ${height}`] : []),
    ...(codec ? [codec] : []),
  ];
  const lines = [
    `**${escapeLine(titleOf(clip))}**`,
    ...(picture === undefined ? [] : [`![](${Uri.file(picture)}|width=320)`]),
    escapeLine(describeStatus(clip)),
    escapeLine(facts.join(" · ")),
    escapeMarkdown([formatDate(clip) ?? "", ...describeAge(clip)].join(" · ")),
    `\`${clip.id.replaceAll("`", "")}\``,
    ...(localFile === undefined
      ? []
      : [`$(file-media) ${escapeLine(workspace.asRelativePath(localFile))}`]),
  ];
  return new MarkdownString(lines.filter((line) => line !== "").join("\n\n"), true);
}
