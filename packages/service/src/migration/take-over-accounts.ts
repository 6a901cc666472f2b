import { readFile, rename } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { appSchema, type StoreAccounts, userSchema } from "../auth/store-accounts.js";
import { isErrno } from "../errno.js";
import { parseStoredJson } from "../stored-json.js";

const fileSchema = v.object({ apps: v.array(appSchema), users: v.array(userSchema) });

/**
 * Takes over the apps and users of `accounts.json`, where versions before 0.2 kept them. The file
 * stays, under another name. Doing it twice, or at once, changes nothing.
 */
export async function takeOverAccounts(folder: string, accounts: StoreAccounts): Promise<void> {
  const file = path.join(folder, "accounts.json");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  });
  if (text === null) return;
  const parsed = parseStoredJson(text, fileSchema);
  if ("problem" in parsed) {
    throw new Error(`${file} is damaged: ${parsed.problem}. Restore it from a backup.`);
  }
  const { apps, users } = parsed.value;
  for (const app of apps) await accounts.addApp(app);
  for (const user of users) await accounts.importUser(user);
  try {
    await rename(file, `${file}.taken-over`);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}
