import type { IgnoreBox } from "@clipcourier/service";
import { type Command, InvalidArgumentError } from "commander";
import { toMilliseconds, toText } from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import type { DiffFlags } from "./diff.js";

const boxesHelp = `
A box is x,y,width,height: pixels of the old video, such as 1180,0,100,40, or percent of its picture,
such as 90%,0%,10%,6%. Both files need a video track; FFmpeg is looked for as by serve.
`;

/** Declares `clipcourier diff`. */
export function addDiff(program: Command, end: (code: ExitCode) => void): void {
  program
    .command("diff")
    .description("Tell what has changed from one video to another: when, where and how much.")
    .argument("<old>", "the path of the old video")
    .argument("<new>", "the path of the new video")
    .option("--ignore <box>", "a part of the picture that is not compared; repeatable", addBox, [])
    .option("--fail-on-change", "exit with 3 when something has changed, 1 when it cannot be told")
    .option("--picture <file>", "write a GIF: old, new and difference of what changed most", toText)
    .option("--tolerance <factor>", "how much more may differ than usual (default: 1)", toFactor)
    .option(
      "--small-area <percent>",
      "the share of the picture below which a change has to last (default: 0.3)",
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

const boxPattern = /^\d+(\.\d+)?(,\d+(\.\d+)?){3}$/;

function addBox(text: string, boxes: IgnoreBox[]): IgnoreBox[] {
  const isShare = /^([\d.]+%,){3}[\d.]+%$/.test(text);
  const plain = isShare ? text.replaceAll("%", "") : text;
  const [x = 0, y = 0, width = 0, height = 0] = plain.split(",").map(Number);
  if (!boxPattern.test(plain) || width === 0 || height === 0) {
    throw new InvalidArgumentError(
      "It must be x,y,width,height, such as 1180,0,100,40 in pixels or 90%,0%,10%,6%.",
    );
  }
  const box: IgnoreBox = isShare
    ? { x: x / 100, y: y / 100, width: width / 100, height: height / 100, unit: "share" }
    : { x, y, width, height, unit: "pixel" };
  return [...boxes, box];
}

function toFactor(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (factor > 0 && factor <= 100) return factor;
  throw new InvalidArgumentError("It must be a factor above 0, such as 1.5.");
}

function toShare(text: string): number {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (percent <= 100) return percent / 100;
  throw new InvalidArgumentError("It must be a share of the picture, such as 0.3 for 0.3 %.");
}
