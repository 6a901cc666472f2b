import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const lockStaleAfter = 10_000;

/** Replaces a file atomically: a reader sees the old content or the new, never a part of it. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = await writeBeside(file, content);
  await rename(temporary, file);
}

/** Creates a file atomically. Returns `false`, and changes nothing, when it exists already. */
export async function createFile(file: string, content: string): Promise<boolean> {
  const temporary = await writeBeside(file, content);
  try {
    return await linkIfAbsent(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Gives a file a second name, atomically. Returns `false` when that name is taken. */
export async function linkIfAbsent(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

/** Runs `work` while no other process holds the lock of `file`. */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(path.dirname(file), { recursive: true });
  while (!(await tryLock(lock))) await sleep(20);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx")).close();
    return true;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  // A killed process leaves its lock behind, so an old lock is removed.
  const held = await stat(lock).catch(() => null);
  if (held && Date.now() - held.mtimeMs > lockStaleAfter) await rm(lock, { force: true });
  return false;
}

async function writeBeside(file: string, content: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, content, { mode: 0o600 });
  return temporary;
}

/** Whether an error is the operating system's with this code, such as `ENOENT`. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** For `catch`: returns `null` when the file is missing, and throws any other error. */
export function nullWhenMissing(error: unknown): null {
  if (isErrno(error, "ENOENT")) return null;
  throw error;
}
