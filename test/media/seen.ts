import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clip, DirectUploadClient, isDirectUploadError } from "@clipcourier/core";
import { afterAll, beforeAll, inject } from "vitest";
import type { ClipCase } from "./corpus/clip-case.ts";

/** What the service has made of a file. Pictures are paths of copies; `null` where there is none. */
export interface Seen {
  clip: Clip;
  thumbnail: string | null;
  gif: string | null;
  webp: string | null;
  /** The tiles, and the text that says where they are. */
  storyboard: { image: string; vtt: string } | null;
}

export interface Seeing {
  /** Where the file is. */
  pathOf(one: ClipCase): string;
  /** Waits until the clip is available and what plays is made. */
  see(one: ClipCase): Promise<Seen>;
  /** Waits until the clip has failed, and gives the reason. */
  seeRefused(one: ClipCase): Promise<string>;
}

/** How many uploads run at once: the service has work, and the others have not to wait for one. */
const lanes = 4;

/** Uploads files to the service of the suite before the tests of a file. */
export function useClips(cases: readonly ClipCase[]): Seeing {
  const paths = inject("paths");
  const uploads = new Map<string, Promise<Seen>>();
  let folder: string;
  let client: DirectUploadClient;
  const pathOf = ({ file }: ClipCase) => {
    const path = paths[file];
    if (path === undefined) throw new Error(`${file} is not in the corpus.`);
    return path;
  };
  const see = async (one: ClipCase) => {
    const upload = uploads.get(one.file);
    if (!upload) throw new Error(`${one.file} was not uploaded.`);
    return upload;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
    client = new DirectUploadClient({ ...inject("service"), proxyEnv: {} });
    let turns: Promise<unknown>[] = Array.from({ length: lanes }, () => Promise.resolve());
    for (const one of cases) {
      const [turn, ...others] = turns;
      const upload = (turn ?? Promise.resolve()).then(() => look(client, pathOf(one), folder));
      turns = [...others, upload.catch(() => {})];
      uploads.set(one.file, upload);
    }
  });
  afterAll(async () => {
    await Promise.allSettled(uploads.values());
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    pathOf,
    see,
    async seeRefused(one) {
      const failure = await see(one).then(
        ({ clip }) => new Error(`It is ${clip.status}.`),
        (error: unknown) => error,
      );
      if (isDirectUploadError(failure, "clip_failed")) return failure.message;
      throw failure;
    },
  };
}

async function look(client: DirectUploadClient, path: string, folder: string): Promise<Seen> {
  const uploaded = await client.upload(path, { deadline: 600_000 });
  const clip = await untilPlayable(client, uploaded.clip);
  const copy = async (url: string | null | undefined, name: string) => {
    if (url == null) return null;
    const to = join(folder, `${clip.id}-${name}`);
    await writeFile(to, await download(url));
    return to;
  };
  const [thumbnail, gif, webp] = await Promise.all([
    copy(clip.thumbnailUrl, "thumbnail.jpg"),
    copy(clip.previewGif, "preview.gif"),
    copy(clip.previewWebp, "preview.webp"),
  ]);
  const { storyboardUrl } = clip;
  const storyboard = storyboardUrl ? await copyStoryboard(storyboardUrl, copy) : null;
  return { clip, thumbnail, gif, webp, storyboard };
}

/** Waits until it is known how the clip plays: a rendition is made after it has become available. */
async function untilPlayable(client: DirectUploadClient, { id }: Clip): Promise<Clip> {
  for (;;) {
    const clip = await client.getClip(id);
    if (clip.plays !== undefined) return clip;
    await sleep(250);
  }
}

async function copyStoryboard(
  url: string,
  copy: (url: string, name: string) => Promise<string | null>,
): Promise<Seen["storyboard"]> {
  const vtt = (await download(url)).toString();
  const [name] = /^\S+(?=#xywh=)/m.exec(vtt) ?? [];
  if (name === undefined) throw new Error(`The storyboard names no picture: ${vtt}`);
  const image = await copy(new URL(name, url).href, "storyboard.jpg");
  return image === null ? null : { image, vtt };
}

async function download(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
  return Buffer.from(await answer.arrayBuffer());
}
