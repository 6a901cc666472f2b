import path from "node:path";
import { openAccounts } from "@clipcourier/service";
import { createKept, readKept, replaceKept } from "./kept-file.js";

export interface AppKeys {
  appId: string;
  appSecret: string;
}

/**
 * The app that uploads to the embedded service on this folder. It is created once, so that later
 * runs have the same account and find the content known. Its secret is stored in plain text: it
 * protects only the folder it is in, and whoever can read the file can read the clips as well.
 */
export async function openEmbeddedApp(folder: string): Promise<AppKeys> {
  const file = path.join(folder, "embedded.json");
  const accounts = openAccounts(folder);
  const kept = await readKeys(file);
  if (kept && (await accounts.hasApp(kept.appId))) return kept;
  const { appId, appSecret } = await accounts.createApp("embedded");
  const keys = { appId, appSecret };
  // The app that the file names no longer exists, so the file can be replaced.
  if (kept) await replaceKept(file, keys);
  else if (!(await createKept(file, keys))) return (await readKeys(file)) ?? keys;
  return keys;
}

async function readKeys(file: string): Promise<AppKeys | undefined> {
  const value = await readKept(file);
  if (value === undefined) return undefined;
  const { appId, appSecret } = value as Partial<Record<keyof AppKeys, unknown>>;
  if (typeof appId === "string" && typeof appSecret === "string") return { appId, appSecret };
  throw new Error(`${file} is damaged. Delete it; the next run makes a new one.`);
}
