import { randomUUID } from "node:crypto";
import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Replaces a file in one step, or makes it and its folder, so that nobody reads half of it and a
 * failure leaves what was there. What is no regular file, such as `/dev/stdout`, is written to.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const known = await stat(file).catch(() => undefined);
  if (known !== undefined && !known.isFile()) return writeFile(file, text);
  // A link stays one.
  const target = known === undefined ? file : await realpath(file);
  const temporary = path.join(path.dirname(target), `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, text, { flag: "wx" });
    if (known !== undefined) await chmod(temporary, known.mode);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
