import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../errno.js";
import { createFolder } from "../store/folder/durable-files.js";
import { createFile } from "../store/folder/new-file.js";
import { makeSecretText, parseSecret, secretKey } from "./service-secret.js";

// With one of these the folder has been used: a new secret would change the address of every clip.
const ownNames = ["objects", "uploads"];

/**
 * The service's secret from `<folder>/service.json`. It is created on the first start, unless
 * `mayCreate` is false: then a folder without it is probably a volume that is not mounted. When two
 * processes start at once, both get the secret of the first.
 */
export async function readOrCreateSecret(folder: string, mayCreate: boolean): Promise<string> {
  const file = path.join(folder, secretKey);
  const known = await readText(file);
  if (known !== null) return parseSecret(known, file);
  await requireNew(folder, file, mayCreate);
  await createFolder(path.resolve(folder));
  const text = makeSecretText();
  await createFile(file, text);
  return parseSecret((await readText(file)) ?? text, file);
}

async function requireNew(folder: string, file: string, mayCreate: boolean): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  });
  const own = names.find((name) => ownNames.includes(name));
  // Another process may have created it in between, and then its first folders.
  if (own !== undefined && (await readText(file)) === null) {
    throw new Error(
      `${file} is missing, but the folder has been used: there is "${own}". Restore the file from a ` +
        "backup; a new one would change the address of every clip.",
    );
  }
  if (!mayCreate) {
    throw new Error(
      `${file} is missing. Is the disk of ${folder} mounted? Only a start that may create a service ` +
        "makes a new one there.",
    );
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  });
}
