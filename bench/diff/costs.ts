import { fileURLToPath } from "node:url";
import { type Measurement, measure } from "../measure.ts";
import { type ClipRecipe, makeClip } from "../media/clips.ts";
import { summarize } from "../results.ts";

const bin = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));

/** Of each pair, the new video has a box for some seconds. The longest is compared once. */
const lengths = [
  { title: "12 s, 1280×720", seconds: 12, size: "1280x720", encoded: 12, runs: 3 },
  { title: "60 s, 1920×1080", seconds: 60, size: "1920x1080", encoded: 20, runs: 3 },
  { title: "10 min, 1920×1080", seconds: 600, size: "1920x1080", encoded: 20, runs: 1 },
];

/** What `clipcourier diff` takes for videos of these lengths: the median of its runs. */
export async function measureCosts(): Promise<string> {
  const rows: string[] = [];
  for (const each of lengths) {
    const [old, now] = [await makeClip(recipeOf(each, "")), await makeClip(recipeOf(each, box))];
    const runs: Measurement[] = [];
    for (let run = 0; run < each.runs; run += 1) {
      const args = [bin, "diff", old, now, "--timeout", "2h"];
      runs.push(await measure({ program: process.execPath, args }));
    }
    const { cpuSeconds = 0, rssMebibytes = 0 } = summarize(runs) ?? {};
    const row = `| ${each.title} | ${cpuSeconds.toFixed(1)} | ${rssMebibytes.toFixed(0)} |`;
    // The longest takes many minutes: what is known until then is told.
    console.error(row);
    rows.push(row);
  }
  return [
    "## What it costs",
    "",
    "`clipcourier diff`, as a process with its child: medians of three runs, one run of the longest. Memory is the peak of the larger process.",
    "",
    "| Both videos | CPU s | MiB |",
    "| --- | ---: | ---: |",
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
