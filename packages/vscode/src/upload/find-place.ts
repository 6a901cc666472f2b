import { readlink, realpath, stat } from "node:fs/promises";
import type { OpenedFile } from "@clipcourier/core";

/**
 * The path of an open file, without links; `undefined` where it cannot be told. A path that was looked at
 * can lead elsewhere by the time that it is opened.
 */
export async function findPlace(file: OpenedFile): Promise<string | undefined> {
  return (await askSystem(file)) ?? (await comparePath(file));
}

/** Linux tells where an open file is. */
async function askSystem({ fd }: OpenedFile): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  return readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
}

/** Elsewhere the path is looked at once more, and has to lead to the file that is open. */
async function comparePath({ path, device, inode }: OpenedFile): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    const { dev, ino } = await stat(real, { bigint: true });
    const isSame = dev === device && ino === inode && (await realpath(path)) === real;
    return isSame ? real : undefined;
  } catch {
    return undefined;
  }
}
