import { type ClipCase, type VideoCase, video } from "./clip-case.ts";
import { made, type Recipe } from "./recipe.ts";
import { card, page, until } from "./scenes.ts";

const webm = { mime: "video/webm", plays: "everywhere" } as const;
const mp4 = { mime: "video/mp4", plays: "everywhere" } as const;

/** With the encoder's options that Playwright records with. */
function recordedWith(scene: string): Recipe {
  const options = "-qmin 0 -qmax 50 -crf 8 -deadline realtime -cpu-used 8 -lag-in-frames 0 -b:v 1M";
  const vp9 = ["-c:v", "libvpx-vp9", ...options.split(" ")];
  return made("-f", "lavfi", "-i", `${scene},format=yuv420p`, ...vp9);
}

function h264(scene: string): Recipe {
  const x264 = "-c:v libx264 -preset veryfast -movflags +faststart".split(" ");
  return made("-f", "lavfi", "-i", `${scene},format=yuv420p`, ...x264);
}

/** Videos whose beginning shows nothing, or not what they are about. */
export const openings: (ClipCase & { gives: VideoCase })[] = [
  video("white-until-1.36-of-7.28.webm", recordedWith(`${page(7.28)},${until(1.36, "white")}`), {
    ...webm,
    size: [800, 450],
  }),
  video("black-3-of-8.mp4", h264(`${card(8, "640x360")},${until(3, "black")}`), {
    ...mp4,
    size: [640, 360],
  }),
  video("black-5-of-30.mp4", h264(`${card(30, "640x360")},${until(5, "black")}`), {
    ...mp4,
    size: [640, 360],
  }),
  video("white-2-of-10.webm", recordedWith(`${page(10)},${until(2, "white")}`), {
    ...webm,
    size: [800, 450],
  }),
  video("fade-from-black.mp4", h264(`${card(10, "640x360")},fade=in:st=0:d=4`), {
    ...mp4,
    size: [640, 360],
  }),
  video(
    "fade-to-white-and-back.mp4",
    h264(
      `${card(8, "640x360")},fade=out:st=0.2:d=0.6:c=white:enable='lt(t,1.5)',fade=in:st=1.5:d=1:c=white:enable='gte(t,1.5)'`,
    ),
    { ...mp4, size: [640, 360] },
  ),
  video("still-6-of-20.webm", recordedWith(page(20, { stillFor: 6 })), {
    ...webm,
    size: [800, 450],
  }),
  video("logo-2-of-8.mp4", h264(`${page(8)},${until(2, "0x4338ca", "Example")}`), {
    ...mp4,
    size: [800, 450],
  }),
];

export const blank = video(
  "white-all-the-way.webm",
  recordedWith("color=c=white:s=640x360:r=25:d=4"),
  { ...webm, size: [640, 360], pictures: { isBlank: true, moves: false } },
);
