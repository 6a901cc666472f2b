import { mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Puts Debian's ffmpeg where Playwright looks for its own.
 *
 * @param folder what PLAYWRIGHT_BROWSERS_PATH will name
 * @param manifest the package.json of the playwright-core that will look there
 */
export async function placeFfmpeg(folder: string, manifest: string): Promise<void> {
  const place = join(folder, `ffmpeg-${await readRevision(manifest)}`);
  await mkdir(place, { recursive: true });
  await symlink("/usr/bin/ffmpeg", join(place, "ffmpeg-linux"));
}

/** Of the ffmpeg that Playwright takes. */
async function readRevision(manifest: string): Promise<string> {
  const list = await readFile(join(dirname(manifest), "browsers.json"), "utf8");
  const { browsers }: { browsers: { name: string; revision: string }[] } = JSON.parse(list);
  const found = browsers.find(({ name }) => name === "ffmpeg");
  if (!found) throw new Error("Playwright names no ffmpeg.");
  return found.revision;
}
