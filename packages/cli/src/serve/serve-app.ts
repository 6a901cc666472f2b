import path from "node:path";
import { type CreatedApp, openAccounts } from "@clipcourier/service";
import { readKept, replaceKept } from "./kept-file.js";

/** The app of `clipcourier serve`. Its secret is known only when it has just been created. */
export type ServeApp = CreatedApp | { appId: string; appSecret?: never };

/**
 * Creates an app on the first start on this folder, or when another is wanted. `serve.json` holds
 * its id, because the folder can also hold the app of the embedded service, whose secret nobody was
 * shown.
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
