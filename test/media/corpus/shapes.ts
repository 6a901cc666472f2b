import { type ClipCase, video } from "./clip-case.ts";
import { altered, made, type Recipe } from "./recipe.ts";
import { card, page } from "./scenes.ts";

const mp4 = { mime: "video/mp4", plays: "everywhere" } as const;
const webm = { mime: "video/webm", plays: "everywhere" } as const;

function h264(scene: string, ...more: string[]): Recipe {
  return made(
    ...["-f", "lavfi", "-i", `${scene},format=yuv420p`],
    ...["-c:v", "libx264", "-preset", "veryfast", ...more, "-movflags", "+faststart"],
  );
}

function vp9(scene: string): Recipe {
  const encoder = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"];
  return made("-f", "lavfi", "-i", `${scene},format=yuv420p`, ...encoder);
}

const one = 0x10000;

/** Displays an MP4 by another matrix: `a b c d` turn, `x y` shift, in units of 1 and of pixels. */
function displayed(recipe: Recipe, [a, b, c, d, x, y]: readonly number[]): Recipe {
  const matrix = [a, b, 0, c, d, 0, x, y, 1 << 14].map((value = 0) => value * one);
  return altered(recipe, `displayed ${matrix.join(" ")}`, (bytes) => {
    // Version 0 of a track header: the matrix follows 40 bytes of flags, times and volume.
    const at = bytes.indexOf("tkhd") + 4 + 40;
    for (const [index, value] of matrix.entries()) bytes.writeInt32BE(value, at + index * 4);
    return bytes;
  });
}

const upright = h264(page(3, { size: "640x360" }));

/** Orientation, aspect, odd sizes and uneven times. */
export const shapes: ClipCase[] = [
  video("rotated-90.mp4", displayed(upright, [0, 1, -1, 0, 360, 0]), { ...mp4, size: [360, 640] }),
  video("rotated-180.mp4", displayed(upright, [-1, 0, 0, -1, 640, 360]), {
    ...{ ...mp4, size: [640, 360] },
  }),
  video("rotated-270.mp4", displayed(upright, [0, -1, 1, 0, 0, 640]), { ...mp4, size: [360, 640] }),
  video("mirrored.mp4", displayed(upright, [-1, 0, 0, 1, 640, 0]), { ...mp4, size: [640, 360] }),
  video("wide-pixels.mp4", h264(`${card(3, "720x576")},setsar=64/45`), {
    ...{ ...mp4, size: [1024, 576] },
  }),
  video("narrow-pixels.mp4", h264(`${card(3, "720x480")},setsar=8/9`), {
    ...{ ...mp4, size: [640, 480] },
  }),
  video(
    "uneven-times.mp4",
    h264(`${card(12)},select='lt(t,2)+gt(t,9)+lt(mod(t,3),0.04)'`, "-vsync", "vfr"),
    {
      ...{ ...mp4, size: [320, 240] },
    },
  ),
  video("1x1.webm", vp9("color=c=0xcc3300:s=16x16:r=10:d=1,scale=1:1"), {
    ...{ ...webm, size: [1, 1] },
    pictures: { isBlank: true, moves: false },
  }),
  video("3x5.webm", vp9("testsrc2=s=30x50:r=10:d=1,scale=3:5"), {
    ...{ ...webm, size: [3, 5] },
    pictures: { likeness: 0, moves: false },
  }),
  video("641x359.webm", vp9(`${card(3, "640x360")},scale=641:359,setsar=1`), {
    ...webm,
    size: [641, 359],
  }),
  video("4096x32.mp4", h264(card(2, "4096x32", 10)), { ...mp4, size: [4096, 32] }),
  video("32x4096.mp4", h264(card(2, "32x4096", 10)), { ...mp4, size: [32, 4096] }),
  // The page says it as 3:00:00.
  video("three-hours.mp4", h264(card(10_800, "160x120", 0.2)), {
    ...{ ...mp4, size: [160, 120], seconds: 10_800 },
    // A frame lasts five seconds: passages of a second show one each.
    pictures: { moves: false },
  }),
];
