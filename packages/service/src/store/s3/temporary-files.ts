import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isErrno } from "../../errno.js";

const namePrefix = "clipcourier-file-";
/** Milliseconds. Nothing that a running process still uses is as old. */
const leftoverAge = 24 * 60 * 60 * 1000;

/** Gives `work` the path of a file that does not exist yet, and removes it afterwards. */
export async function withTemporaryFile<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), namePrefix));
  try {
    return await work(path.join(folder, "content"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes have left that were killed. `now` is in milliseconds since 1970. */
export async function removeTemporaryFiles(now: number): Promise<void> {
  const root = tmpdir();
  for (const name of await readdir(root)) {
    if (!name.startsWith(namePrefix)) continue;
    const folder = path.join(root, name);
    try {
      const { mtimeMs } = await stat(folder);
      if (now - mtimeMs > leftoverAge) await rm(folder, { recursive: true, force: true });
    } catch (error) {
      // Gone meanwhile, or a folder of another user of this machine.
      if (!isErrno(error, "ENOENT", "EACCES", "EPERM")) throw error;
    }
  }
}
