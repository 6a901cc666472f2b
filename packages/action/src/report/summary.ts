import { summary } from "@actions/core";
import type { UploadRecord } from "@clipcourier/batch";
import { buildGallery, buildLongest, describeCounts } from "@clipcourier/report";

// The runner drops a larger summary altogether.
const mostBytes = 1024 * 1024;

/** Writes the summary of the step: a row for each file, as far as there is room. */
export async function writeSummary(records: readonly UploadRecord[]): Promise<void> {
  const title = `### Clips\n\n${describeCounts(records)}\n\n`;
  const text = buildLongest(
    records.length,
    (built) => Buffer.byteLength(built) <= mostBytes,
    (shown) => `${title}${buildGallery(records, shown)}\n`,
  );
  await summary.addRaw(text).write();
}
