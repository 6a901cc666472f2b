import { l10n, type Uri, window } from "vscode";
import type { Service, Services } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { collectUris, type UnfinishedBatch, type UnfinishedBatches } from "./unfinished.js";
import type { Uploads } from "./uploads.js";
import { nameOf } from "./video-files.js";

/** The texts that wait for clips of interrupted uploads. */
interface WaitingTexts {
  /** Uploads those videos of one service's batches that a text waits for, and gives the others. */
  goOn(batches: readonly UnfinishedBatch[], service: Service | undefined): Uri[];
  /** Inserts what has become a clip, and removes what stands in texts for other uploads than these. */
  settleLeft(kept: readonly UnfinishedBatch[]): void;
}

export interface ResumeContext {
  unfinished: UnfinishedBatches;
  uploads: Uploads;
  services: Services;
  texts: WaitingTexts;
}

/** Offers to resume uploads that a reload or a crash has interrupted. */
export async function offerToGoOn(context: ResumeContext): Promise<void> {
  const { unfinished, uploads, services, texts } = context;
  const left = unfinished.listLeft();
  const uris = collectUris(left);
  texts.settleLeft(left);
  const [first] = uris;
  if (first === undefined) return unfinished.forget(left.map(({ id }) => id));
  const goOn = l10n.t("Go On");
  const text =
    uris.length === 1
      ? l10n.t("The upload of {0} was interrupted.", nameOf(first))
      : l10n.t("The upload of {0} files was interrupted.", uris.length);
  const answer = await window.showInformationMessage(asText(text), goOn, l10n.t("Forget"));
  // The message was closed without an answer, so the next start asks again.
  if (answer === undefined) return;
  await unfinished.forget(left.map(({ id }) => id));
  if (answer !== goOn) {
    texts.settleLeft([]);
    return;
  }
  // Each batch goes to the service that it was begun with, if that is still known.
  for (const [serviceId, batches] of groupByService(left)) {
    const service = services.find(serviceId);
    const videos = texts.goOn(batches, service);
    if (videos.length > 0) void uploads.upload({ files: videos, leftOut: [] }, {}, service);
  }
}

function groupByService(batches: readonly UnfinishedBatch[]): Map<string, UnfinishedBatch[]> {
  return Map.groupBy(batches, ({ serviceId }) => serviceId);
}
