/**
 * Compares the service's GIFs with those of gifski at quality 90, of the same frames: `pnpm bench:gif`. The
 * table is printed. gifski-wasm comes from npm into the cache folder; its licence is the AGPL, so nothing
 * of this project depends on it.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { cacheFolder, fillCacheFolder } from "@clipcourier/test/cache-folder.ts";
import { type Frame, readFrames } from "@clipcourier/test/media/frames.ts";
import { ssim } from "@clipcourier/test/media/measure.ts";
import { runNpm } from "@clipcourier/test/run-npm.ts";
import { type GifContent, listGifContents, readGifFrames } from "./gif-contents.ts";

const shape = { width: 480, height: 270, rate: 10 };
const gifskiVersion = "2.2.0";
const palettes = [256, 192, 128, 96, 64, 48, 32, 16];

interface Gif {
  kibibytes: number;
  /** Of the brightness, the mean of all frames. */
  likeness: number;
}

const media = join(import.meta.dirname, "../../packages/service/dist/media");
const load = (file: string) => import(pathToFileURL(join(media, file)).href);
const [{ simplifyColors }, { encodeAnimation }] = await Promise.all([
  load("colors.js"),
  load("engine/node-av/encode.js"),
]);

const folder = await mkdtemp(join(tmpdir(), "clipcourier-gif-"));
try {
  console.log(
    "| | gifski, KiB | SSIM | colours of the same size | KiB | SSIM | 256 colours, KiB | SSIM |",
  );
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const content of await listGifContents()) console.log(await compare(content));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One line of the table: the largest palette of which the GIF is not larger than gifski's. */
async function compare(content: GifContent): Promise<string> {
  const path = await readGifFrames(content, shape);
  const frames = splitFrames(await readFile(path));
  const gifski = await look(await runGifski(path), frames);
  const best = await encode(frames, palettes[0] ?? 256);
  let [chosen, colors] = [best, palettes[0]];
  for (const palette of palettes.slice(1)) {
    if (chosen.kibibytes <= gifski.kibibytes) break;
    [chosen, colors] = [await encode(frames, palette), palette];
  }
  const cells = [...describe(gifski), String(colors), ...describe(chosen), ...describe(best)];
  return `| ${[content.title, ...cells].join(" | ")} |`;
}

function describe({ kibibytes, likeness }: Gif): string[] {
  return [kibibytes.toFixed(0), likeness.toFixed(4)];
}

async function encode(frames: readonly Frame[], quality: number): Promise<Gif> {
  const { width, height, rate } = shape;
  const raw = frames.map(({ data }, number) => ({ at: number / rate, width, height, data }));
  const encoding = { format: "gif", rate, width, height, quality };
  const path = join(folder, "ours.gif");
  await writeFile(path, await encodeAnimation(simplifyColors(raw), encoding));
  return look(path, frames);
}

async function runGifski(frames: string): Promise<string> {
  const home = cacheFolder("gifski-wasm", gifskiVersion);
  await fillCacheFolder(home, (draft) =>
    runNpm(draft, ["install", "--no-audit", "--no-fund", `gifski-wasm@${gifskiVersion}`]),
  );
  const script = join(import.meta.dirname, "gifski-process.mjs");
  const output = join(folder, "gifski.gif");
  const { width, height, rate } = shape;
  const numbers = [width, height, rate, 90].map(String);
  const program = join(home, "node_modules/gifski-wasm");
  await promisify(execFile)(process.execPath, [script, program, frames, output, ...numbers]);
  return output;
}

/** Equal frames are stored as one, so that each time is looked at. */
async function look(path: string, originals: readonly Frame[]): Promise<Gif> {
  const frames = await readFrames(path, { filter: `fps=${shape.rate}` });
  const likenesses = originals.map((original, number) => {
    const frame = frames[Math.min(number, frames.length - 1)];
    if (!frame) throw new Error(`${path} has no frame.`);
    return ssim(frame, original);
  });
  const likeness = likenesses.reduce((sum, one) => sum + one, 0) / likenesses.length;
  return { kibibytes: (await readFile(path)).length / 1024, likeness };
}

function splitFrames(bytes: Buffer): Frame[] {
  const { width, height } = shape;
  const size = width * height * 3;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, number) => ({
    ...{ width, height, channels: 3 as const },
    data: bytes.subarray(number * size, (number + 1) * size),
  }));
}
