import type { Media } from "@clipcourier/service";
import { type Judgement, judge } from "../judge.ts";
import { openPictures } from "./make-picture.ts";
import { listPicturePairs } from "./pairs.ts";

/** What is measured. */
interface MeasureOptions {
  seed: number;
  /** Pairs of each kind and source. */
  times: number;
  /** One kind, instead of all. */
  only: string | undefined;
}

/** Compares pairs of pictures, which are made in a folder. */
export async function measurePictures(
  media: Media,
  folder: string,
  { seed, times, only }: MeasureOptions,
): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  await using pictures = await openPictures(folder);
  for (const pair of listPicturePairs(seed, times)) {
    if (only !== undefined && pair.kind !== only) continue;
    const old = await pictures.make("old", pair.old);
    const now = await pictures.make("new", pair.now);
    const result = await media.compare?.(old, now, { account: "" });
    if (result?.outcome !== "ready") throw new Error(`${pair.name}: ${JSON.stringify(result)}`);
    judgements.push(judge(pair, result.diff));
    console.error(`${pair.name}: ${result.diff.verdict}. ${result.diff.summary}`);
  }
  return judgements;
}
