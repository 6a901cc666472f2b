import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { readPicture } from "../../../test/fixtures/read-picture.ts";
import { createMedia, type InspectOptions, type Media, type MediaResult } from "../dist/index.js";

type Ready = Extract<MediaResult, { outcome: "ready" }>;

/** Options of an inspection that is not about them. */
export const anyone = { account: "acc", thumbnailTime: null, preview: "auto" } as const;

/** Media options of tests that are not about the time limit: a busy machine keeps it, too. */
export const unhurried = { timeLimit: 600_000 };

/** Inspects a file, which has to be a video. */
export async function inspectReady(
  media: Media,
  file: string,
  options: InspectOptions = anyone,
): Promise<Ready> {
  const result = await media.inspect(file, options);
  if (result.outcome !== "ready") throw new Error(`${result.outcome}: ${result.reason}`);
  return result;
}

/** Inspects a file, which has to give both pictures, and decodes them. */
export async function inspectPictures(media: Media, file: string) {
  const result = await inspectReady(media, file);
  const { pictures, notes, facts } = result;
  if (!pictures.thumbnail || !pictures.gif) throw new Error(`no pictures: ${notes}`);
  expect(notes).toEqual([]);
  expect(Buffer.from(pictures.thumbnail).subarray(0, 2).toString("hex")).toBe("ffd8");
  expect(Buffer.from(pictures.thumbnail).subarray(-2).toString("hex")).toBe("ffd9");
  const [thumbnail, preview] = await Promise.all([
    readPicture(pictures.thumbnail),
    readPicture(pictures.gif),
  ]);
  expect(thumbnail.codec).toBe("mjpeg");
  expect(preview.codec).toBe("gif");
  return { facts, pictures, thumbnail, preview, gif: Buffer.from(pictures.gif) };
}

/** A folder for videos and the media work on them, for the tests of one file. */
export function openMediaFolder(): { folder: string; media: Media } {
  const folder = mkdtempSync(join(tmpdir(), "clipcourier-media-"));
  const media = createMedia(unhurried);
  afterAll(async () => {
    await media.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, media };
}
