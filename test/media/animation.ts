import type { Page } from "playwright-core";
import type { Frame } from "./frames.ts";

/** An animation as a browser shows it. */
export interface Animation {
  /** Grey, of the size in which pictures are compared. */
  frames: Frame[];
  /** For how many seconds each frame is shown. */
  delays: number[];
}

const [width, height] = [160, 96];

/** Runs in the page: the grey pixels of each frame in base64, and its seconds. */
const decode = `async ({ url, type, width, height }) => {
  const data = await (await fetch(url)).arrayBuffer();
  const decoder = new ImageDecoder({ data, type });
  await decoder.tracks.ready;
  await decoder.completed;
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  const frames = [];
  for (let frameIndex = 0; frameIndex < decoder.tracks.selectedTrack.frameCount; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    pen.clearRect(0, 0, width, height);
    pen.drawImage(image, 0, 0, width, height);
    const { data } = pen.getImageData(0, 0, width, height);
    let grey = "";
    for (let at = 0; at < data.length; at += 4) {
      const value = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      grey += String.fromCharCode(Math.round(value));
    }
    frames.push({ grey: btoa(grey), seconds: image.duration / 1e6 });
    image.close();
  }
  return frames;
}`;

/**
 * Decodes a GIF or an animated WebP with Chromium: Debian's ffmpeg does not decode the latter.
 *
 * @param page of the origin of the animation
 */
export async function decodeAnimation(page: Page, url: string): Promise<Animation> {
  const type = url.endsWith(".gif") ? "image/gif" : "image/webp";
  const call = `(${decode})(${JSON.stringify({ url, type, width, height })})`;
  const frames = await page.evaluate<{ grey: string; seconds: number }[]>(call);
  return {
    frames: frames.map(({ grey }) => {
      return { width, height, channels: 1, data: Buffer.from(grey, "base64") };
    }),
    delays: frames.map(({ seconds }) => seconds),
  };
}

/** The frame that is displayed at a second. A single one is displayed always. */
export function frameAt({ frames, delays }: Animation, second: number): Frame {
  let end = 0;
  const index = delays.findIndex((delay) => {
    end += delay;
    return second < end;
  });
  const frame = frames.at(index);
  if (!frame) throw new Error("The animation has no frame.");
  return frame;
}
