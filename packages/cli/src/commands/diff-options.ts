import { ignoreBoxForm, parseIgnoreBox } from "@clipcourier/batch";
import { type IgnoreBox, mostTolerance } from "@clipcourier/core";
import { type Command, InvalidArgumentError } from "commander";
import { toMilliseconds, toText } from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import type { DiffFlags } from "./diff.js";

const boxesHelp = `
A box is x,y,width,height: pixels of the old file, such as 1180,0,100,40, or percent of its picture,
such as 90%,0%,10%,6%. Both files are videos, or both are photos: PNG, JPEG, WebP, AVIF or GIF. Photos of
two sizes are compared from the upper left on, or as one where they have the same shape. FFmpeg is looked
for as by serve.
`;

/** Declares `clipcourier diff`. */
export function addDiff(program: Command, end: (code: ExitCode) => void): void {
  program
    .command("diff")
    .description(
      "Tell what has changed from one video, or photo, to another: when, where and how much.",
    )
    .argument("<old>", "the path of the old video or photo")
    .argument("<new>", "the path of the new video or photo")
    .option("--ignore <box>", "a part of the picture that is not compared; repeatable", addBox, [])
    .option("--fail-on-change", "exit with 3 when something has changed, 1 when it cannot be told")
    .option(
      "--picture <file>",
      "write old, new and difference: a GIF of what changed most, or a PNG of photos",
      toText,
    )
    .option("--tolerance <factor>", "how much more may differ than usual (default: 1)", toFactor)
    .option(
      "--small-area <percent>",
      "the share of the picture below which a change of a video has to last (default: 0.3)",
      toShare,
    )
    .option(
      "--small-duration <time>",
      "how long a change of a small area has to last (default: 0.5s)",
      (text) => toMilliseconds(text) / 1000,
    )
    .option("--timeout <time>", "the longest that it may take (default: 5m)", toMilliseconds)
    .option("--ffmpeg <path>", "an ffmpeg program, instead of the package node-av", toText)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", boxesHelp + exitCodesHelp)
    .action(async (old: string, now: string, flags: DiffFlags) => {
      // Loading the service takes longer than loading everything else.
      const { diff } = await import("./diff.js");
      end(await diff(old, now, flags));
    });
}

/** A box and those before it. */
export function addBox(text: string, boxes: IgnoreBox[]): IgnoreBox[] {
  const box = parseIgnoreBox(text);
  if (box === undefined) throw new InvalidArgumentError(`It must be ${ignoreBoxForm}.`);
  return [...boxes, box];
}

/** How much more may differ than usual. */
export function toFactor(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (factor > 0 && factor <= mostTolerance) return factor;
  throw new InvalidArgumentError(
    `It must be a factor above 0, up to ${mostTolerance}, such as 1.5.`,
  );
}

function toShare(text: string): number {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (percent <= 100) return percent / 100;
  throw new InvalidArgumentError("It must be a share of the picture, such as 0.3 for 0.3 %.");
}
