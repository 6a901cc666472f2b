import { homedir } from "node:os";
import { join } from "node:path";

/** Where what is made once and may be lost is kept: outside the repository, the same for all. */
export function cacheFolder(...names: string[]): string {
  const chosen = process.env.CLIPCOURIER_CACHE;
  return join(chosen ?? join(systemCacheFolder(), "clipcourier"), ...names);
}

function systemCacheFolder(): string {
  const home = homedir();
  if (process.platform === "win32") {
    return process.env.LOCALAPPDATA ?? join(home, "AppData", "Local");
  }
  if (process.platform === "darwin") return join(home, "Library", "Caches");
  return process.env.XDG_CACHE_HOME ?? join(home, ".cache");
}
