import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

// Milliseconds. Part URLs are valid for seven days at most, and a bucket removes unfinished uploads
// sooner or later: an older journal is of no use.
const longestLife = 8 * 24 * 60 * 60 * 1000;

/**
 * Creates the folder and gives the path of the file for one thing, whose name does not reveal it.
 */
export async function prepareStateFile(
  stateFolder: string,
  kind: "uploads" | "fingerprints",
  ...thing: string[]
): Promise<string> {
  const folder = join(stateFolder, kind);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(thing.join("\n")).digest("hex").slice(0, 40);
  return join(folder, name);
}

const cleanings = new Map<string, Promise<void>>();

/** Removes the files that are too old to be of use, once while the program runs. */
export function removeOldState(stateFolder: string): Promise<void> {
  let cleaning = cleanings.get(stateFolder);
  if (cleaning === undefined) {
    cleaning = removeOldFiles(stateFolder);
    cleanings.set(stateFolder, cleaning);
  }
  return cleaning;
}

async function removeOldFiles(stateFolder: string): Promise<void> {
  const oldest = Date.now() - longestLife;
  for (const kind of ["uploads", "fingerprints"]) {
    const folder = join(stateFolder, kind);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && found.mtimeMs < oldest) await rm(path, { force: true });
    }
  }
}
