import type { BatchView } from "@clipcourier/batch";
import { l10n, type Uri } from "vscode";
import { formatBytes, formatBytesOf, formatTimeLeft } from "../texts/amounts.js";
import { nameOf } from "./video-files.js";

/** The title of a batch's progress notification. */
export function describeBatch(uris: readonly Uri[]): string {
  const [first] = uris;
  return uris.length === 1 && first !== undefined
    ? l10n.t("Uploading {0} as a clip", nameOf(first))
    : l10n.t("Uploading {0} files as clips", uris.length);
}

/**
 * `file 2 of 5 · 1 failed · 12.0 of 48.0 MiB · 3.1 MiB/s · 12 s left`
 *
 * @param unreachable the name of the service, where the batch waits until it can be reached
 */
export function describeProgress(view: BatchView, unreachable: string | undefined): string {
  const parts = [l10n.t("file {0} of {1}", currentFile(view), view.count)];
  if (view.failed > 0) parts.push(l10n.t("{0} failed", view.failed));
  if (unreachable !== undefined) {
    if (view.sent > 0) parts.push(formatBytesOf(view.acknowledged, view.total));
    parts.push(describeOutage(unreachable));
  } else if (view.phase === "finalize" || view.phase === "processing") {
    parts.push(describeWait(view));
  } else if (view.sent === 0 && view.phase !== "done") {
    parts.push(l10n.t("reading"));
  } else {
    parts.push(formatBytesOf(view.acknowledged, view.total));
    if (view.bytesPerSecond) parts.push(l10n.t("{0}/s", formatBytes(view.bytesPerSecond)));
    if (view.secondsLeft) parts.push(formatTimeLeft(view.secondsLeft));
  }
  return parts.join(" · ");
}

function describeWait({ queuePosition = 0 }: BatchView): string {
  return queuePosition === 0
    ? l10n.t("all sent, the service is making the clip")
    : l10n.t("all sent, other clips that the service makes before: {0}", queuePosition);
}

/** Why nothing moves, and that it goes on by itself. */
export function describeOutage(service: string): string {
  return l10n.t("{0} or its storage is out of reach, trying again", service);
}

/** Which file of a batch will finish next, counted from 1. */
export function currentFile({ finished, count }: BatchView): number {
  return Math.min(finished + 1, count);
}
