import path from "node:path";
import type { Accounts, CreatedApp } from "@clipcourier/service";
import { readKept, replaceKept } from "./kept-file.js";

/** The app of `clipcourier serve`. Its secret is known only when it has just been created. */
export type ServeApp = CreatedApp | { appId: string; appSecret?: never };

/**
 * Creates an app on the first start on this folder, or when another is wanted. `serve.json` holds
 * its id, because the folder can also hold the app of the embedded service, whose secret nobody was
 * shown.
 */
export async function openServeApp(
  folder: string,
  accounts: Accounts,
  wantsAnother: boolean,
): Promise<ServeApp> {
  const file = path.join(folder, "serve.json");
  const appId = readAppId(await readKept(file));
  if (!wantsAnother && appId !== undefined && (await accounts.hasApp(appId))) return { appId };
  const app = await accounts.createApp("serve");
  await replaceKept(file, { appId: app.appId });
  return app;
}

/** The same in a bucket, which holds no app of an embedded service: any app is that of `serve`. */
export async function openBucketApp(
  accounts: Accounts,
  wantsAnother: boolean,
): Promise<CreatedApp | null> {
  if (!wantsAnother && (await accounts.hasApps())) return null;
  return accounts.createApp("serve");
}

function readAppId(kept: unknown): string | undefined {
  const { appId } = (kept ?? {}) as { appId?: unknown };
  return typeof appId === "string" ? appId : undefined;
}
