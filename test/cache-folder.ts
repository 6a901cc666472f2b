import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Where what is made once and may be lost is kept: outside the repository, the same for all. */
export function cacheFolder(...names: string[]): string {
  const chosen = process.env.CLIPCOURIER_CACHE;
  return join(chosen ?? join(systemCacheFolder(), "clipcourier"), ...names);
}

/**
 * Fills a folder of the cache, where it is missing. Under another name first: one that was
 * interrupted is not taken for a whole one.
 */
export async function fillCacheFolder(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another run was faster.
    if (!existsSync(folder)) throw error;
  }
}

function systemCacheFolder(): string {
  const home = homedir();
  if (process.platform === "win32") {
    return process.env.LOCALAPPDATA ?? join(home, "AppData", "Local");
  }
  if (process.platform === "darwin") return join(home, "Library", "Caches");
  return process.env.XDG_CACHE_HOME ?? join(home, ".cache");
}
