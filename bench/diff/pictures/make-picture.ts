import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { launchBrowser } from "@clipcourier/test/vscode/browser.ts";
import { type Page, renderPage } from "./pages.ts";

/** Of all pictures, in pixels. */
export const size = { width: 640, height: 400 };

/** How a picture is made: drawn, changed by ffmpeg, and stored in a format. */
export interface Recipe {
  /** A page that Chromium shows, or a graph of ffmpeg. */
  source: Page | string;
  filters: readonly string[];
  format: Format;
}

/** How a picture is stored. */
export interface Format {
  ending: string;
  filters?: readonly string[];
  args: readonly string[];
}

export const png: Format = { ending: "png", args: [] };
export const exactWebp: Format = { ending: "webp", args: ["-lossless", "1"] };

/** @param quality of ffmpeg, from 2, the best one, to 31 */
export function jpeg(quality: number): Format {
  return { ending: "jpg", args: ["-pix_fmt", "yuvj420p", "-q:v", String(quality)] };
}

/** @param quality from 0 to 100, the best one */
export function webp(quality: number): Format {
  return { ending: "webp", args: ["-quality", String(quality)] };
}

/** @param crf of libaom, from 0, the best one, to 63 */
export function avif(crf: number): Format {
  return {
    ending: "avif",
    filters: ["scale=out_color_matrix=bt709:out_range=full"],
    args: [
      ...["-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8", "-crf", String(crf)],
      ...["-pix_fmt", "yuv420p", "-color_range", "pc", "-colorspace", "bt709"],
      ...["-color_primaries", "bt709", "-color_trc", "iec61966-2-1"],
    ],
  };
}

/** Makes pictures in a folder, with one Chromium for all of them. */
export async function openPictures(folder: string) {
  const browser = await launchBrowser();
  const tab = await browser.newPage({ viewport: size });
  return {
    /** @returns the path of the picture */
    async make(name: string, { source, filters, format }: Recipe): Promise<string> {
      const path = join(folder, `${name}.${format.ending}`);
      const drawn = join(folder, "drawn.png");
      if (typeof source !== "string") {
        await tab.setContent(renderPage(source));
        await tab.screenshot({ path: drawn });
      }
      const input = typeof source === "string" ? ["-f", "lavfi", "-i", source] : ["-i", drawn];
      const graph = ["format=rgb24", ...filters, ...(format.filters ?? [])].join(",");
      await promisify(execFile)("ffmpeg", [
        ...["-nostdin", "-y", "-v", "error", ...input, "-vf", graph, "-frames:v", "1"],
        ...[...format.args, path],
      ]);
      return path;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
