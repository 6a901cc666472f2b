import { open } from "node:fs/promises";
import { Demuxer } from "node-av/api";

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
 * @throws an error of the file system when the file cannot be read
 */
export async function openContainer(file: string): Promise<Demuxer> {
  const head = await readHead(file);
  if (head.length === 0) throw new NotMediaError("the file is empty");
  const input = await tryToOpen(file, head);
  if (pictureBrands.has(input.metadata.major_brand ?? "")) {
    throw new NotMediaError("the content is a picture of the AVIF or HEIF kind, not a video");
  }
  return input;
}

async function tryToOpen(file: string, head: Buffer): Promise<Demuxer> {
  try {
    return await Demuxer.open(file, {
      options: { format_whitelist: containers, protocol_whitelist: "file" },
    });
  } catch {
    throw new NotMediaError(await describe(head));
  }
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(probeSize), 0, probeSize, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
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
