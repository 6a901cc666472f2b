import type { Clip } from "@clipcourier/core";
import { l10n, type Uri, window } from "vscode";
import type { UploadedClip, UploadReport } from "../api.js";
import { toMarkdown } from "../clips/clip-text.js";
import { copy } from "../clips/clipboard.js";
import { asText } from "../texts/as-text.js";
import { nameOf } from "../upload/video-files.js";

export interface InsertionOutcome {
  report: UploadReport;
  /** The clips whose place in the document was gone. */
  lost: readonly UploadedClip[];
  document: Uri;
  showLog(): void;
}

/** Says why a clip is not in the document. Of those that are in it, nothing needs to be said. */
export async function describeInsertion(outcome: InsertionOutcome): Promise<void> {
  const { report, lost, document } = outcome;
  if (report.failures.length > 0) return describeFailures(outcome);
  if (lost.length > 0) return offerLinks(lost, document);
  if (!report.cancelled) return;
  const name = nameOf(document);
  const text = l10n.t("The upload was stopped, and nothing is inserted into {0} for it.", name);
  void window.showWarningMessage(asText(text));
}

async function describeFailures({ report, document, showLog }: InsertionOutcome): Promise<void> {
  const reasons = report.failures.map(({ uri, message }) =>
    l10n.t("{0} was not uploaded: {1}", nameOf(uri), message),
  );
  const removed = l10n.t("Its placeholder was removed from {0}.", nameOf(document));
  const show = l10n.t("Show Log");
  const text = [...reasons, removed].join(" ");
  if ((await window.showErrorMessage(asText(text), show)) === show) showLog();
}

/** Says that the places of clips in a text are gone, and offers what would be there. */
export async function offerLinks(
  clips: readonly { uri: Uri; clip: Clip }[],
  document: Uri,
): Promise<void> {
  const names = clips.map(({ uri }) => nameOf(uri)).join(", ");
  const text = l10n.t(
    "Uploaded, but its placeholder in {0} is gone or was changed: {1}.",
    nameOf(document),
    names,
  );
  const copyMarkdown = l10n.t("Copy Markdown");
  const copyLinks = clips.length === 1 ? l10n.t("Copy Link") : l10n.t("Copy Links");
  const chosen = await window.showInformationMessage(asText(text), copyMarkdown, copyLinks);
  if (chosen === copyMarkdown) await copy(clips.map(({ clip }) => toMarkdown(clip)));
  if (chosen === copyLinks) await copy(clips.map(({ clip }) => clip.url));
}
