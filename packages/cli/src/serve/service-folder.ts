import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";

export const defaultFolder = ".clipcourier";
export const servePort = 4280;

/** Where `clipcourier serve` listens unless it is told otherwise. */
export const serveOrigin = `http://127.0.0.1:${servePort}`;

/** Makes the service's folder, which git then leaves out. A folder that is in use stays as it is. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) return;
  await writeFile(path.join(folder, ".gitignore"), "*\n");
}
