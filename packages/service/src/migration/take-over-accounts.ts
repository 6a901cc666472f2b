import { readFile, rename } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { appSchema, type StoreAccounts, userSchema } from "../auth/store-accounts.js";
import { isErrno } from "../errno.js";

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
  const { apps, users } = parse(file, text);
  for (const app of apps) await accounts.addApp(app);
  for (const user of users) await accounts.importUser(user);
  try {
    await rename(file, `${file}.taken-over`);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function parse(file: string, text: string): v.InferOutput<typeof fileSchema> {
  try {
    const parsed = v.safeParse(fileSchema, JSON.parse(text));
    if (parsed.success) return parsed.output;
    // Only the place is reported: the value may be a password that somebody wrote there.
    throw new Error(`Invalid value at: ${v.getDotPath(parsed.issues[0]) ?? "the top"}`);
  } catch (cause) {
    throw new Error(`${file} is damaged. Restore it from a backup.`, { cause });
  }
}
