import { l10n, window } from "vscode";
import type { Services } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { collectUris, type UnfinishedBatch, type UnfinishedBatches } from "./unfinished.js";
import type { Uploads } from "./uploads.js";
import { nameOf } from "./video-files.js";

/** Offers to resume uploads that a reload or a crash has interrupted. */
export async function offerToGoOn(
  unfinished: UnfinishedBatches,
  uploads: Uploads,
  services: Services,
): Promise<void> {
  const left = unfinished.listLeft();
  const uris = collectUris(left);
  const [first] = uris;
  if (first === undefined) return unfinished.forget(left.map(({ id }) => id));
  const goOn = l10n.t("Go On");
  const text =
    uris.length === 1
      ? l10n.t("The upload of {0} was interrupted.", nameOf(first))
      : l10n.t("The upload of {0} videos was interrupted.", uris.length);
  const answer = await window.showInformationMessage(asText(text), goOn, l10n.t("Forget"));
  // The message was closed without an answer, so the next start asks again.
  if (answer === undefined) return;
  await unfinished.forget(left.map(({ id }) => id));
  if (answer !== goOn) return;
  // Each batch goes to the service that it was begun with, if that is still known.
  for (const [serviceId, batches] of groupByService(left)) {
    const videos = collectUris(batches);
    void uploads.upload({ videos, leftOut: [] }, {}, services.find(serviceId));
  }
}

function groupByService(batches: readonly UnfinishedBatch[]): Map<string, UnfinishedBatch[]> {
  return Map.groupBy(batches, ({ serviceId }) => serviceId);
}
