import path from "node:path";
import { type CreatedApp, openAccounts } from "@clipcourier/service";
import { readKept, replaceKept } from "./kept-file.js";

/** The app of `clipcourier serve`: just made, with its secret, or made by an earlier start. */
export type ServeApp = CreatedApp | { appId: string; appSecret?: never };

/**
 * Makes an app on the first start on this folder, or when another is wanted. `serve.json` holds its
 * id alone: an embedded service on the same folder has an app as well, whose secret nobody was told.
 */
export async function openServeApp(folder: string, wantsAnother: boolean): Promise<ServeApp> {
  const file = path.join(folder, "serve.json");
  const accounts = openAccounts(folder);
  const appId = readAppId(await readKept(file));
  if (!wantsAnother && appId !== undefined && (await accounts.hasApp(appId))) return { appId };
  const app = await accounts.createApp("serve");
  await replaceKept(file, { appId: app.appId });
  return app;
}

function readAppId(kept: unknown): string | undefined {
  const { appId } = (kept ?? {}) as { appId?: unknown };
  return typeof appId === "string" ? appId : undefined;
}
