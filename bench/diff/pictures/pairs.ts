import { createDraw, type Draw, type Expected } from "../pairs.ts";
import {
  avif,
  exactWebp,
  type Format,
  jpeg,
  png,
  type Recipe,
  size,
  webp,
} from "./make-picture.ts";
import { lines, type Page } from "./pages.ts";

/** A pair of pictures, and what a comparison has to find. */
export interface PicturePair {
  /** Which row of the table it counts in. */
  kind: string;
  name: string;
  old: Recipe;
  now: Recipe;
  expected: Expected;
}

interface Change {
  oldFormat?: Format;
  format?: Format;
  /** What ffmpeg does to the new picture. */
  filters?: string[];
  /** What is otherwise on the new page. */
  page?: Partial<Page>;
  /** The new picture has another source. */
  isOther?: boolean;
  expected: Expected;
}

interface Kind {
  name: string;
  change: (draw: Draw) => Change;
  /** Whether it is of pages alone. */
  isOfPages: boolean;
}

const unchanged: Expected = { isChanged: false };
const changed: Expected = { isChanged: true };

/** A box in a colour that no source has. */
function boxOf(draw: Draw, least: number, most: number): Change & { filters: string[] } {
  const [width, height] = [draw(least, most), draw(least, most)];
  const [x, y] = [draw(0, size.width - width), draw(0, size.height - height)];
  const color = ["0xd02090", "0x10c0b0", "0x7030e0"][draw(0, 2)];
  return {
    filters: [`drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=${color}:t=fill`],
    expected: { isChanged: true, box: { x, y, width, height } },
  };
}

/** What is faint to the eye, and what is not. */
const faintColours = ["eq=brightness=0.015", "hue=h=4", "eq=saturation=0.9", "eq=gamma=0.96"];
const colours = ["eq=brightness=0.06", "hue=h=25", "eq=saturation=0.4", "eq=gamma=0.8"];

/** What is done to the new picture of a pair. */
const kinds: readonly Kind[] = [
  kind("without loss, as another file", (draw) => ({
    format: [exactWebp, { ...png, args: ["-pix_fmt", "rgb48be"] }][draw(0, 1)] ?? png,
    expected: unchanged,
  })),
  kind("a JPEG, well encoded", (draw) => ({ format: jpeg(draw(2, 5)), expected: unchanged })),
  kind("a JPEG, badly encoded", (draw) => ({ format: jpeg(draw(10, 24)), expected: unchanged })),
  kind("a WebP, well encoded", (draw) => ({ format: webp(draw(75, 95)), expected: unchanged })),
  kind("a WebP, badly encoded", (draw) => ({ format: webp(draw(15, 50)), expected: unchanged })),
  kind("an AVIF, well encoded", (draw) => ({ format: avif(draw(15, 28)), expected: unchanged })),
  kind("an AVIF, badly encoded", (draw) => ({ format: avif(draw(38, 50)), expected: unchanged })),
  kind("a JPEG of a JPEG", (draw) => ({
    ...{ oldFormat: jpeg(draw(3, 8)), format: jpeg(draw(4, 16)), expected: unchanged },
  })),
  kind("half as large", () => ({
    filters: ["scale=iw/2:ih/2:flags=area"],
    expected: unchanged,
  })),
  kind("larger or smaller by a pixel", (draw) => ({
    filters: [`scale=iw${["+1", "-1"][draw(0, 1)]}:-1:flags=bicubic`],
    expected: unchanged,
  })),
  pageKind("a drawing moved by less than half a pixel", (draw) => ({
    page: { drawnAt: draw(1, 4) / 10 },
    expected: unchanged,
  })),
  kind("a box of 2 to 6 pixels", (draw) => boxOf(draw, 2, 6)),
  kind("a box of 10 to 80 pixels", (draw) => boxOf(draw, 10, 80)),
  kind("a box of 10 to 80 pixels, both JPEGs", (draw) => ({
    ...{ ...boxOf(draw, 10, 80), oldFormat: jpeg(draw(3, 6)), format: jpeg(draw(4, 10)) },
  })),
  kind("a box of 10 to 80 pixels, as a WebP", (draw) => ({
    ...{ ...boxOf(draw, 10, 80), format: webp(draw(30, 90)) },
  })),
  kind("a box of 10 to 80 pixels, as an AVIF", (draw) => ({
    ...{ ...boxOf(draw, 10, 80), format: avif(draw(20, 45)) },
  })),
  kind("a box of 4 to 9 pixels, as a JPEG", (draw) => ({
    ...{ ...boxOf(draw, 4, 9), format: jpeg(draw(3, 8)) },
  })),
  pageKind("another letter", (draw) => ({ page: { typo: draw(0, lines - 1) }, expected: changed })),
  pageKind("another letter, as a JPEG", (draw) => ({
    ...{ page: { typo: draw(0, lines - 1) }, format: jpeg(draw(3, 8)), expected: changed },
  })),
  pageKind("a line moved by a pixel", (draw) => ({
    page: { moved: { line: draw(0, lines - 1), by: 1 } },
    expected: changed,
  })),
  pageKind("a line moved by a pixel, as a JPEG", (draw) => ({
    page: { moved: { line: draw(0, lines - 1), by: 1 } },
    ...{ format: jpeg(draw(3, 8)), expected: changed },
  })),
  kind("colours, faintly", (draw) => ({
    filters: [faintColours[draw(0, 3)] ?? ""],
    expected: changed,
  })),
  kind("colours", (draw) => ({ filters: [colours[draw(0, 3)] ?? ""], expected: changed })),
  kind("colours, as a JPEG", (draw) => ({
    ...{ filters: [colours[draw(0, 3)] ?? ""], format: jpeg(draw(3, 10)), expected: changed },
  })),
  kind("longer below", (draw) => {
    const height = draw(8, 60);
    const box = { x: 0, y: size.height, width: size.width, height };
    return { filters: [`pad=h=ih+${height}:color=gray`], expected: { isChanged: true, box } };
  }),
  kind("mirrored", (draw) => ({
    filters: [["hflip", "vflip"][draw(0, 1)] ?? ""],
    expected: changed,
  })),
  kind("another picture", () => ({ isOther: true, expected: changed })),
  pageKind("edges of a drawing that are not smoothed", () => ({
    page: { isCrisp: true },
    expected: unchanged,
  })),
];

export const kindNames = kinds.map(({ name }) => name);

function kind(name: string, change: Kind["change"]): Kind {
  return { name, change, isOfPages: false };
}

function pageKind(name: string, change: Kind["change"]): Kind {
  return { name, change, isOfPages: true };
}

type Source = Page | string;

/** A light page, a dark one, and a picture with grain, as a camera makes it. */
function listSources(draw: Draw): [light: Source, dark: Source, photo: Source] {
  const seed = draw(0, 10_000);
  const scale = draw(20, 200) / 100;
  const noise = `noise=alls=5:all_seed=${seed}`;
  return [
    { isDark: false, seed },
    { isDark: true, seed: seed + 50 },
    `mandelbrot=s=${size.width}x${size.height}:start_scale=${scale},${noise}`,
  ];
}

const titles = ["light page", "dark page", "photo"];

/** The same pairs for the same seed: each kind with each source, so many times. */
export function* listPicturePairs(seed: number, times: number): Generator<PicturePair> {
  for (const [row, { name, change, isOfPages }] of kinds.entries()) {
    for (const [column, title] of titles.entries()) {
      if (isOfPages && title === "photo") continue;
      for (let time = 0; time < times; time += 1) {
        const draw = createDraw(seed + row * 1_000 + column * 100 + time);
        const sources = listSources(draw);
        const made = change(draw);
        yield {
          ...{ kind: name, name: `${name}, ${title} ${time + 1}`, expected: made.expected },
          ...makeRecipes(made, sources[column] ?? sources[0], sources[(column + 1) % 3] ?? ""),
        };
      }
    }
  }
}

function makeRecipes(
  { oldFormat = png, format = png, filters = [], page, isOther }: Change,
  source: Source,
  other: Source,
): { old: Recipe; now: Recipe } {
  const shown = isOther ? other : source;
  return {
    old: { source, filters: [], format: oldFormat },
    now: { source: typeof shown === "string" ? shown : { ...shown, ...page }, filters, format },
  };
}
