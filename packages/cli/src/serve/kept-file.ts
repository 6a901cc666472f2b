import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";

/** The JSON in a file; `undefined` when there is no such file. */
export async function readKept(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is damaged. Delete it; the next run makes a new one.`);
  }
}

/** Replaces a file in one step. Only its owner can read it. */
export async function replaceKept(file: string, content: object): Promise<void> {
  const temporary = await writeBeside(file, content);
  try {
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Creates the file in the same way; `false` when it exists. When two processes try it at once, one
 * succeeds.
 */
export async function createKept(file: string, content: object): Promise<boolean> {
  const temporary = await writeBeside(file, content);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeBeside(file: string, content: object): Promise<string> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    return temporary;
  } catch (error) {
    await rm(temporary, { force: true });
    // The system's message for a full disk does not name the file.
    if (error instanceof Error) error.message = `${file} cannot be written: ${error.message}`;
    throw error;
  }
}

/** Whether an error is the operating system's with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
