import { randomUUID } from "node:crypto";
import { link, rm } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../../errno.js";
import { syncFolder, writeDurably } from "./durable-files.js";

/**
 * Creates a file that has its whole content from the beginning, and is still there after a power cut.
 * Returns `false`, and changes nothing, when it exists already.
 */
export async function createFile(file: string, content: string): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeDurably(temporary, [content]);
    await link(temporary, file);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
    await syncFolder(path.dirname(file));
  }
}
