import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";

export const defaultFolder = ".clipcourier";
export const servePort = 4280;

/** Where `clipcourier serve` listens by default. */
export const serveOrigin = `http://127.0.0.1:${servePort}`;

/**
 * Creates the folder of the service, with a .gitignore. A folder that has files in it is left as it
 * is.
 */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) return;
  await writeFile(path.join(folder, ".gitignore"), "*\n");
}
