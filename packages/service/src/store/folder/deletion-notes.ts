import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type StoreFolders, writeDurably } from "./durable-files.js";

/** Begins the names of the notes in `temporary/`. */
const prefix = "deletion_";

/**
 * Notes that the folder of versions of an object can be removed later, so that it is found without a
 * search through all objects.
 */
export async function noteDeletion(folders: StoreFolders, folder: string): Promise<void> {
  const name = `${prefix}${randomUUID()}`;
  await writeDurably(path.join(folders.temporary, name), [path.relative(folders.objects, folder)]);
}

export function isDeletionNote(name: string): boolean {
  return name.startsWith(prefix);
}

/** The folder that a note is about; `null` where the note is damaged. */
export async function readDeletionNote(
  folders: StoreFolders,
  name: string,
): Promise<string | null> {
  const text = await readFile(path.join(folders.temporary, name), "utf8");
  const folder = path.join(folders.objects, text);
  return text !== "" && folder.startsWith(folders.objects + path.sep) ? folder : null;
}
