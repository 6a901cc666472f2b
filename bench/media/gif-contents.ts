import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheFolder, fillCacheFolder } from "@clipcourier/test/cache-folder.ts";
import { ensureDebianPackages } from "@clipcourier/test/debian-packages.ts";
import { ffmpeg } from "@clipcourier/test/media/programs.ts";
import { listClips, makeClip } from "./clips.ts";

/** What a GIF is made of. */
export interface GifContent {
  title: string;
  /** ffmpeg's arguments that name the input. */
  input: readonly string[];
  filter: string;
}

const photographs = "/usr/share/backgrounds/mate/nature";

/** Three kinds: a page, a test pattern, and photographs over which a camera moves. */
export async function listGifContents(): Promise<GifContent[]> {
  ensureDebianPackages([{ name: "mate-backgrounds", file: `${photographs}/Dune.jpg` }]);
  const [page] = listClips(false);
  if (!page) throw new Error("There is no recording of a page.");
  return [
    { title: "a page", input: ["-i", await makeClip(page)], filter: "null" },
    { title: "a test pattern", input: ["-f", "lavfi", "-i", "testsrc2=s=960x540"], filter: "null" },
    ...["Dune", "RainDrops", "Storm", "Wood"].map((name) => ({
      title: `movement over a photograph (${name})`,
      input: ["-loop", "1", "-i", `${photographs}/${name}.jpg`],
      filter:
        "scale=2560:-2,zoompan=z='1.2+0.3*sin(on/20)':x='iw/4+on*3':y='ih/4+on':d=1:s=960x540:fps=10,format=yuv420p",
    })),
  ];
}

/** Four seconds in the size and at the rate of a preview. Gives the path of the pixels, 3 bytes each. */
export async function readGifFrames(
  { input, filter }: GifContent,
  { width, height, rate }: { width: number; height: number; rate: number },
): Promise<string> {
  const scale = `fps=${rate},scale=${width}:${height}:flags=area+accurate_rnd+full_chroma_int`;
  const output = ["-vf", `${filter},${scale}`, "-t", "4", "-f", "rawvideo", "-pix_fmt", "rgb24"];
  const args = [...input, ...output];
  const folder = cacheFolder(
    "bench-gif",
    createHash("sha256").update(JSON.stringify(args)).digest("hex").slice(0, 16),
  );
  await fillCacheFolder(folder, async (draft) => {
    await ffmpeg(...args, join(draft, "frames"));
  });
  return join(folder, "frames");
}
