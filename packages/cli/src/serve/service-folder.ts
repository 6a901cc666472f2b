import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "@clipcourier/batch";

export const defaultFolder = ".clipcourier";
export const servePort = 4280;

/** Where `clipcourier serve` listens by default. */
export const serveOrigin = `http://127.0.0.1:${servePort}`;

/**
 * Creates the folder of the service, with a .gitignore. A folder that has files in it is left as it
 * is.
 *
 * @throws UsageError when it cannot be written
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length > 0) return;
    await writeFile(path.join(folder, ".gitignore"), "*\n");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new UsageError(
      `The service cannot keep anything in the folder ${folder} (${error.code}). ` +
        "Name another one with --folder.",
    );
  }
}
