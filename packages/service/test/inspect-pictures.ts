import { expect } from "vitest";
import { readPicture } from "../../../test/fixtures/read-picture.ts";
import type { Media, MediaResult } from "../dist/index.js";

type Ready = Extract<MediaResult, { outcome: "ready" }>;

/** Media options of tests that are not about the time limit: a busy machine keeps it, too. */
export const unhurried = { timeLimit: 600_000 };

/** Inspects a file, which has to be a video. */
export async function inspectReady(media: Media, file: string): Promise<Ready> {
  const result = await media.inspect(file);
  if (result.outcome !== "ready") throw new Error(`${result.outcome}: ${result.reason}`);
  return result;
}

/** Inspects a file, which has to give both pictures, and decodes them. */
export async function inspectPictures(media: Media, file: string) {
  const result = await inspectReady(media, file);
  if (!result.thumbnail || !result.preview) throw new Error(`no pictures: ${result.note}`);
  expect(result.note).toBeUndefined();
  expect(Buffer.from(result.thumbnail).subarray(0, 2).toString("hex")).toBe("ffd8");
  expect(Buffer.from(result.thumbnail).subarray(-2).toString("hex")).toBe("ffd9");
  const [thumbnail, preview] = await Promise.all([
    readPicture(result.thumbnail),
    readPicture(result.preview),
  ]);
  expect(thumbnail.codec).toBe("mjpeg");
  expect(preview.codec).toBe("gif");
  return { ...result, thumbnail, preview, gif: Buffer.from(result.preview) };
}
