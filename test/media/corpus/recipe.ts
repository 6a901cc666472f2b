import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, fillCacheFolder } from "../../cache-folder.ts";
import { ffmpeg, versionOfFfmpeg } from "../programs.ts";

/** How a file is made. */
export interface Recipe {
  /** Another one is another file: what is made once is kept under it. */
  readonly stamp: string;
  make(path: string): Promise<void>;
}

/** A file that Debian's ffmpeg makes with these arguments, to which the file's name is added. */
export function made(...args: readonly string[]): Recipe {
  return { stamp: args.join(" "), make: async (path) => void (await ffmpeg(...args, path)) };
}

/** A file whose bytes are changed after it was made. */
export function altered(
  { stamp, make }: Recipe,
  change: string,
  alter: (bytes: Buffer) => Uint8Array,
): Recipe {
  return {
    stamp: `${stamp}, ${change}`,
    async make(path) {
      await make(path);
      await writeFile(path, alter(await readFile(path)));
    },
  };
}

/** Where the file is that this recipe makes: it is made once, and kept in the cache. */
export async function keepMade(file: string, { stamp, make }: Recipe): Promise<string> {
  const all = `${await versionOfFfmpeg()} ${stamp} ${file}`;
  const version = createHash("sha256").update(all).digest("hex").slice(0, 12);
  const folder = cacheFolder("media", version);
  await fillCacheFolder(folder, (draft) => make(join(draft, file)));
  return join(folder, file);
}
