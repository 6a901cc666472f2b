import path from "node:path";
import { openAccounts } from "@clipcourier/service";
import { createKept, readKept, replaceKept } from "./kept-file.js";

export interface AppKeys {
  appId: string;
  appSecret: string;
}

/**
 * The app that uploads to the embedded service on this folder, made once, so that its account stays
 * the same and content is known again. The secret is kept as it is: it protects nothing but the
 * folder that it lies in, and whoever can read the one can read the other.
 */
export async function openEmbeddedApp(folder: string): Promise<AppKeys> {
  const file = path.join(folder, "embedded.json");
  const accounts = openAccounts(folder);
  const kept = await readKeys(file);
  if (kept && (await accounts.hasApp(kept.appId))) return kept;
  const { appId, appSecret } = await accounts.createApp("embedded");
  const keys = { appId, appSecret };
  // The app that the file names is gone from the folder, so the file is of no use to anyone.
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
