/** Sources of ffmpeg: pictures that move, so that each moment can be told from the others. */

const font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

/** A colour for each of the six patches of `patches`, from the left, as red, green and blue. */
export const patchColours = [
  [200, 30, 30],
  [30, 160, 40],
  [40, 60, 200],
  [210, 190, 30],
  [30, 170, 180],
  [180, 50, 170],
] as const;

/** The reference card of ffmpeg, which moves all over and shows the time. */
export function card(seconds: number, size = "320x240", rate = 25): string {
  return `testsrc2=s=${size}:r=${rate}:d=${seconds}`;
}

/** A web page as a test sees it: flat colours, sharp text, a clock, and a mark that moves. */
export function page(seconds: number, { size = "800x450", stillFor = 0 } = {}): string {
  const lines = ["Orders", "Invoices", "Customers", "Reports", "Settings"];
  return [
    // Else the filters would draw in the colours of a video, with a matrix of their own.
    `color=c=white:s=${size}:r=25:d=${seconds},format=rgb24`,
    "drawbox=w=iw:h=48:c=0x1f2937:t=fill",
    "drawbox=y=48:w=160:h=ih:c=0xf3f4f6:t=fill",
    "drawbox=x=200:y=330:w=140:h=40:c=0x2563eb:t=fill",
    write("Example shop", 24, 14, "white", 20),
    ...lines.map((line, index) => write(line, 24, 80 + index * 40, "0x111827", 18)),
    write("Order 1042 was paid", 200, 90, "0x111827", 26),
    write("Two items, delivery on Monday.", 200, 140, "0x4b5563", 16),
    write("Send", 245, 340, "white", 20),
    write(`%{eif\\:1000*max(0\\,t-${stillFor})\\:d} ms`, 640, 90, "0xb91c1c", 22),
    write("●", `'200+mod(90*max(0\\,t-${stillFor})\\,540)'`, 230, "0x059669", 44),
  ].join(",");
}

/** Flat patches of known colours above a clock. */
export function patches(seconds: number, size = "1280x720"): string {
  const boxes = patchColours.map((colour, index) => {
    const hex = Buffer.from(colour).toString("hex");
    return `drawbox=x=iw*${index}/6:y=0:w=iw/6:h=ih*3/4:c=0x${hex}:t=fill`;
  });
  return [
    `color=c=0x606060:s=${size}:r=10:d=${seconds},format=rgb24`,
    ...boxes,
    write("%{pts}", "w/3", "h*0.8", "white", 48),
  ].join(",");
}

/** Upright stripes that run to the right, and never stand where they were: rows differ only where two times are woven into one. */
export function stripes(seconds: number): string {
  const bars = [0, 90, 240, 310, 500, 640].map((x) => {
    return `drawbox=x=${x}:y=0:w=40:h=ih:c=0xd0d0d0:t=fill`;
  });
  const ground = `color=c=0x303030:s=720x576:r=50:d=${seconds},format=gray`;
  return [ground, ...bars, "scroll=horizontal=0.009", "format=yuv420p"].join(",");
}

/** The filter that puts another picture, until a second, before what is shown. */
export function until(second: number, colour: string, words = ""): string {
  const enable = `enable='lt(t,${second})'`;
  const box = `drawbox=c=${colour}:t=fill:${enable}`;
  return words === "" ? box : `${box},${write(words, "w/3", "h/2", "white", 48)}:${enable}`;
}

/** The filter that writes a text; places are pixels, or expressions of ffmpeg. */
export function write(
  text: string,
  x: number | string,
  y: number | string,
  colour: string,
  size: number,
): string {
  return `drawtext=fontfile=${font}:text='${text}':x=${x}:y=${y}:fontcolor=${colour}:fontsize=${size}`;
}
