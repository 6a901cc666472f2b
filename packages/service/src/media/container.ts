import { Demuxer } from "node-av/api";
import type { OpenedSource } from "./source.js";

/** The file is not a video. The message says why, and is shown to people. */
export class NotMediaError extends Error {}

/**
 * Containers that hold the video themselves. Playlists and scripts that refer to other files (HLS,
 * DASH, concat, image sequences) are excluded: through them an upload could read local files.
 */
const containers = "mov,mp4,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,mxf,ivf,nut";

/** MP4 brands that stand for a picture: AVIF and HEIF. */
const pictureBrands = new Set(["avif", "avis", "mif1", "msf1", "heic", "heix", "hevc", "hevx"]);

const probeSize = 64 * 1024;

/**
 * Opens a video file, but no other file that it refers to.
 *
 * @throws NotMediaError when the content is not a video container
 * @throws another error when the source cannot be read
 */
export async function openContainer(source: OpenedSource): Promise<Demuxer> {
  const head = await source.readHead(probeSize);
  if (head.length === 0) throw new NotMediaError("the file is empty");
  const input = await tryToOpen(source, head);
  if (pictureBrands.has(input.metadata.major_brand ?? "")) {
    throw new NotMediaError("the content is a picture of the AVIF or HEIF kind, not a video");
  }
  return input;
}

async function tryToOpen(source: OpenedSource, head: Buffer): Promise<Demuxer> {
  try {
    return await source.openDemuxer(head, { format_whitelist: containers });
  } catch {
    source.checkIntact();
    throw new NotMediaError(await describe(head));
  }
}

async function describe(head: Buffer): Promise<string> {
  const found = await Demuxer.probeFormat(head);
  if (!found) return "the content is in no video format that the service knows";
  const known = containers.split(",");
  const name = found.longName ?? found.format;
  if (found.format.split(",").some((format) => known.includes(format))) {
    return `the content begins as ${name}, and the rest that a player needs is missing or broken; the file may have been cut off while it was written`;
  }
  return `the content is ${name}, not a video`;
}
