import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { toPrintable, UsageError } from "@clipcourier/batch";

/**
 * The absolute path of a file that is given by its path.
 *
 * @throws UsageError when there is no such file, or it cannot be read
 */
export async function findFile(path: string): Promise<string> {
  const shown = toPrintable(path);
  const found = await stat(path).catch(() => null);
  if (!found) throw new UsageError(`There is no file ${shown}.`);
  if (!found.isFile()) throw new UsageError(`${shown} is not a file; name a file in it.`);
  try {
    await access(path, constants.R_OK);
  } catch {
    throw new UsageError(`${shown} may not be read; its owner can allow it.`);
  }
  return resolve(path);
}
