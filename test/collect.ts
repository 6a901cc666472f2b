import type { UploadOutcome } from "@clipcourier/core";

/** All outcomes of a batch, in the order in which they came. */
export async function collect(outcomes: AsyncIterable<UploadOutcome>): Promise<UploadOutcome[]> {
  const all: UploadOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}
