import { availableParallelism } from "node:os";
import type { ClipCase } from "./clip-case.ts";
import { codecs } from "./codecs.ts";
import { alpha, combed, hdr, sdr, untagged } from "./colours.ts";
import { hevc8k, png16k, square8k } from "./huge.ts";
import { blank, openings } from "./openings.ts";
import { keepMade } from "./recipe.ts";
import { recorded } from "./recorded.ts";
import { shapes } from "./shapes.ts";
import { streams } from "./streams.ts";

/** All files, by what they are about. */
export const corpus: Record<string, readonly ClipCase[]> = {
  recordings: recorded,
  openings: [...openings, blank],
  colours: [sdr, ...hdr, ...untagged],
  transparency: alpha,
  interlaced: combed,
  shapes,
  codecs,
  streams,
  huge: [hevc8k, square8k, png16k],
};

/** Makes what is missing, and gives the path of each file by its name. */
export async function makeCorpus(): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  // Recorded first and alone: they are made as time goes by.
  for (const { file, recipe } of recorded) paths[file] = await keepMade(file, recipe);
  const waiting = Object.values(corpus).flat();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      paths[next.file] = await keepMade(next.file, next.recipe);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return paths;
}
