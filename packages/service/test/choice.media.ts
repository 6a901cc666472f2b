import { join } from "node:path";
import { FF_ENCODER_LIBVPX_VP9, FF_ENCODER_LIBX264, FF_ENCODER_QTRLE } from "node-av/constants";
import { describe, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { readPicture } from "../../../test/fixtures/read-picture.ts";
import { anyone, inspectPictures, inspectReady, openMediaFolder } from "./inspect-pictures.js";

const pattern = "testsrc2=s=320x180:r=25";

const { folder, media } = openMediaFolder();

async function make(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  const encoderOptions = { preset: "veryfast" };
  await encodeMedia({ path, source, encoder: FF_ENCODER_LIBX264, encoderOptions });
  return path;
}

/** How much the brightness of a picture varies: 0 for one colour. */
function contrastOf({ width, height, colorAt }: Awaited<ReturnType<typeof readPicture>>): number {
  const values: number[] = [];
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      const { red, green, blue } = colorAt(x, y);
      values.push((red + green + blue) / 3);
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe("the thumbnail", () => {
  const fill = (color: string, when: string) => `drawbox=c=${color}:t=fill:enable='${when}'`;

  test.each([
    ["white until 1.36 s of 7", `${pattern}:d=7,${fill("white", "lt(t,1.36)")}`],
    ["black for 3 of 8 s", `${pattern}:d=8,${fill("black", "lt(t,3)")}`],
    ["black for 5 of 30 s", `${pattern}:d=30,${fill("black", "lt(t,5)")}`],
    ["fading in and out", `${pattern}:d=10,fade=in:st=0:d=3,fade=out:st=7:d=3`],
    ["black but for 0.2 s of 4", `${pattern}:d=4,${fill("black", "not(between(t,2,2.2))")}`],
    ["black but for one frame", `${pattern}:d=4,${fill("black", "not(between(t,2.03,2.05))")}`],
    [
      "black but for 1 s of a minute",
      `${pattern}:d=60,${fill("black", "not(between(t,41.1,42))")}`,
    ],
  ])("%s: a frame that shows something", async (name, source) => {
    const path = await make(`${name.replaceAll(/\W/g, "-")}.mp4`, `${source},format=yuv420p`);
    const { thumbnail } = await inspectPictures(media, path);
    const whole = await inspectPictures(
      media,
      await make("whole.mp4", `${pattern}:d=1,format=yuv420p`),
    );
    expect(contrastOf(thumbnail)).toBeGreaterThan(contrastOf(whole.thumbnail) * 0.9);
  });

  test("of the second that is asked for, which may be after the end", async () => {
    const colors =
      "color=red:s=160x90:r=10:d=9,drawbox=c=lime:t=fill:enable='gte(t,3)',drawbox=c=blue:t=fill:enable='gte(t,6)'";
    const path = await make("colors.mp4", `${colors},format=yuv420p`);
    const colorAt = async (thumbnailTime: number) => {
      const { pictures } = await inspectReady(media, path, { ...anyone, thumbnailTime });
      const picture = await readPicture(pictures.thumbnail ?? new Uint8Array());
      const { red, green, blue } = picture.colorAt(80, 45);
      return [red > 128, green > 128, blue > 128];
    };
    expect(await colorAt(2.9)).toEqual([true, false, false]);
    expect(await colorAt(3)).toEqual([false, true, false]);
    expect(await colorAt(6.5)).toEqual([false, false, true]);
    expect(await colorAt(1000)).toEqual([false, false, true]);
    expect(await colorAt(-1)).toEqual([true, false, false]);
  });
});

describe("the preview", () => {
  test("of a long video: passages, with the end among them", async () => {
    const path = await make(
      "long.mp4",
      "color=red:s=160x90:r=10:d=20,drawbox=c=blue:t=fill:enable='gte(t,19)',format=yuv420p",
    );
    const { pictures, preview } = await inspectPictures(media, path);
    expect(pictures.previewOf).toBe("passages");
    const seconds = preview.delays.reduce((sum, delay) => sum + delay);
    expect(seconds).toBeGreaterThanOrEqual(4);
    expect(seconds).toBeLessThanOrEqual(5);
    expect(preview.colorAt(80, 45).red).toBeGreaterThan(200);
    const end = await inspectReady(media, path, { ...anyone, preview: "end" });
    expect(end.pictures.previewOf).toBe("end");
    const start = await inspectReady(media, path, { ...anyone, preview: "start" });
    expect(start.pictures.previewOf).toBe("start");
    // Red alone takes less than red that becomes blue.
    expect(start.pictures.gif?.length).toBeLessThan(end.pictures.gif?.length ?? 0);
  });

  test("of a broadcast, which has no index and can be entered anywhere", async () => {
    const path = await make("broadcast.ts", `${pattern}:d=20,format=yuv420p`);
    const { preview } = await inspectPictures(media, path);
    const seconds = preview.delays.reduce((sum, delay) => sum + delay);
    expect(seconds).toBeGreaterThanOrEqual(4);
    expect(preview.delays.length).toBeGreaterThanOrEqual(40);
  });

  test("keeps the colours of a user interface exactly, and costs nothing where nothing moves", async () => {
    // What H.264 makes of the colours differs by two at most.
    const page = "color=0xf6f4ef:s=480x270:r=25:d=4,drawbox=x=0:y=0:w=480:h=40:c=0x1f2937:t=fill";
    const moving = "drawbox=x='40+20*t':y=100:w=60:h=40:c=0x2563eb:t=fill";
    const still = await inspectPictures(media, await make("still.mp4", `${page},format=yuv420p`));
    const path = await make("page.mp4", `${page},${moving},format=yuv420p`);
    const { preview, gif } = await inspectPictures(media, path);
    const near = ({ red, green, blue }: ReturnType<typeof preview.colorAt>, color: number[]) =>
      Math.max(...[red, green, blue].map((value, at) => Math.abs(value - (color[at] ?? 0))));
    expect(near(preview.colorAt(300, 200), [0xf6, 0xf4, 0xef])).toBeLessThanOrEqual(2);
    expect(near(preview.colorAt(200, 20), [0x1f, 0x29, 0x37])).toBeLessThanOrEqual(2);
    // Neighbours are the same: there is no pattern of dots.
    expect(preview.colorAt(301, 200)).toEqual(preview.colorAt(300, 200));
    expect(preview.colorAt(300, 201)).toEqual(preview.colorAt(300, 200));
    expect(still.gif.length).toBeLessThan(4000);
    expect(gif.length).toBeLessThan(20_000);
  });

  test("has the same frames as an animated WebP", async () => {
    const path = await make("webp.mp4", `${pattern}:d=3,format=yuv420p`);
    const { pictures } = await inspectPictures(media, path);
    const webp = Buffer.from(pictures.webp ?? []);
    expect(webp.toString("latin1", 0, 4) + webp.toString("latin1", 8, 12)).toBe("RIFFWEBP");
    expect(webp.includes("ANIM")).toBe(true);
    expect(webp.length).toBeLessThan(pictures.gif?.length ?? 0);
  });
});

test("the storyboard has a tile for each step, each of its time", async () => {
  const colors = "color=red:s=320x180:r=10:d=8,drawbox=c=blue:t=fill:enable='gte(t,4)'";
  const path = await make("board.mp4", `${colors},format=yuv420p`);
  const { pictures } = await inspectPictures(media, path);
  const { image, ...board } = pictures.storyboard ?? { image: new Uint8Array() };
  expect(board).toEqual({ interval: 0.5, columns: 10, count: 16, tileWidth: 160, tileHeight: 90 });
  const picture = await readPicture(image);
  expect(picture).toMatchObject({ width: 1600, height: 180 });
  const isBlue = (tile: number) =>
    picture.colorAt((tile % 10) * 160 + 80, Math.floor(tile / 10) * 90 + 45).blue > 128;
  expect([isBlue(0), isBlue(7), isBlue(8), isBlue(15)]).toEqual([false, false, true, true]);
});

describe("colours", () => {
  test("HD that does not say its matrix is of BT.709, and SD of BT.601", async () => {
    for (const [width, height, matrix] of [
      [1280, 720, "bt709"],
      [640, 480, "bt601"],
    ] as const) {
      const untagged = "setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown";
      const source = `color=0xcc3311:s=${width}x${height}:r=5:d=1,format=rgb24,scale=out_color_matrix=${matrix}:out_range=tv,format=yuv420p,${untagged}`;
      const { thumbnail } = await inspectPictures(media, await make(`${height}.mp4`, source));
      const { red, green, blue } = thumbnail.colorAt(100, 100);
      for (const [value, wanted] of [
        [red, 0xcc],
        [green, 0x33],
        [blue, 0x11],
      ] as const) {
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(4);
      }
    }
  });

  test.each([
    ["alpha.webm", "yuva420p", FF_ENCODER_LIBVPX_VP9],
    ["alpha.mov", "argb", FF_ENCODER_QTRLE],
  ] as const)("what is transparent in %s lies on grey", async (name, format, encoder) => {
    const path = join(folder, name);
    const source = `color=red:s=160x90:r=5:d=1,format=rgba,drawbox=w=80:h=90:c=blue@0:t=fill:replace=1,format=${format}`;
    await encodeMedia({ path, source, encoder });
    const { thumbnail } = await inspectPictures(media, path);
    const { red, green, blue } = thumbnail.colorAt(40, 45);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(6);
    expect(green).toBeGreaterThan(120);
    expect(green).toBeLessThan(160);
    expect(thumbnail.colorAt(120, 45).red).toBeGreaterThan(220);
  });
});
