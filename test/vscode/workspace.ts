import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { onTestFinished } from "vitest";
import { makeVideo } from "../fixtures/make-video.ts";
import type { VideoContainer } from "../fixtures/pad-video.ts";

/** A video to make. No two have the same content. */
export interface VideoFile {
  /** The file is padded to this size. Without it, it has a few hundred KiB. */
  mebibytes?: number;
  seconds?: number;
}

/** The content of files by their paths: as it is, or a video in the format of the extension. */
export type Files = Record<string, string | Buffer | VideoFile>;

let made = 0;

/** Makes a folder with these files, which is deleted after the test. */
export async function makeWorkspace(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-workspace-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const [name, content] of Object.entries(files)) await addFile(folder, name, content);
  return folder;
}

export async function addFile(
  folder: string,
  name: string,
  content: Files[string],
): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await (isContent(content) ? writeFile(path, content) : addVideo(path, content));
  return path;
}

function isContent(content: Files[string]): content is string | Buffer {
  return typeof content === "string" || Buffer.isBuffer(content);
}

async function addVideo(path: string, { mebibytes = 0.2, seconds = 1 }: VideoFile): Promise<void> {
  made += 1;
  await makeVideo({
    path,
    container: extname(path).slice(1).toLowerCase() as VideoContainer,
    ...{ seconds, width: 320, height: 180, rate: 12 },
    // Each video has another length, and so another content.
    minBytes: Math.round(mebibytes * 1024 * 1024) + 16 * made,
  });
}

/** This many videos, named by their numbers. */
export function numbered(count: number, name: (number: number) => string): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index + 1), {}]));
}
