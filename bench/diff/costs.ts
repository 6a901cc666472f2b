import { fileURLToPath } from "node:url";
import { type Measurement, measure } from "../measure.ts";
import { type ClipRecipe, makeClip } from "../media/clips.ts";
import { summarize } from "../results.ts";

const bin = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));

/** Of each pair, the new video has a box for the middle of its length. */
const lengths = [
  { title: "12 s, 1280×720", seconds: 12, size: "1280x720", encoded: 12 },
  { title: "60 s, 1920×1080", seconds: 60, size: "1920x1080", encoded: 20 },
  { title: "10 min, 1920×1080", seconds: 600, size: "1920x1080", encoded: 20 },
];

/** What `clipcourier diff` takes for videos of these lengths: the median of three runs. */
export async function measureCosts(): Promise<string> {
  const rows: string[] = [];
  for (const each of lengths) {
    const [old, now] = [await makeClip(recipeOf(each, "")), await makeClip(recipeOf(each, box))];
    const runs: Measurement[] = [];
    for (let run = 0; run < 3; run += 1) {
      const args = [bin, "diff", old, now, "--timeout", "1800000"];
      runs.push(await measure({ program: process.execPath, args }));
    }
    const { wallSeconds = 0, cpuSeconds = 0, rssMebibytes = 0 } = summarize(runs) ?? {};
    rows.push(
      `| ${each.title} | ${wallSeconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${rssMebibytes.toFixed(0)} |`,
    );
  }
  return [
    "## What it costs",
    "",
    "`clipcourier diff`, as a process with its child: medians of three runs. Memory is the peak of the larger process.",
    "",
    "| Both videos | s | CPU s | MiB |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    "",
  ].join("\n");
}

const box = ",drawbox=x=200:y=200:w=240:h=160:color=0xd02090:t=fill:enable='between(t,5,7.5)'";

function recipeOf(
  { seconds, size, encoded }: (typeof lengths)[number],
  filters: string,
): ClipRecipe {
  return {
    name: "compared.mp4",
    title: "",
    seconds,
    encoded,
    source: `testsrc2=s=${size}:r=30${filters}`,
    encoding: ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60"],
  };
}
