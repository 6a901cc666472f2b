import { rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Accounts } from "./auth/accounts.js";
import { readOrCreateSecret } from "./auth/folder-secret.js";
import { StoreAccounts } from "./auth/store-accounts.js";
import { StoreCatalog } from "./catalog/store-catalog.js";
import { ClipIds } from "./clips/clip-ids.js";
import { takeOverAccounts } from "./migration/take-over-accounts.js";
import { takeOverClips } from "./migration/take-over-clips.js";
import { moveBelow } from "./store/folder/durable-files.js";
import { FolderStore } from "./store/folder/folder-store.js";
import type { ObjectStore } from "./store/object-store.js";

/** What a service stands on. */
export interface Ground {
  store: ObjectStore;
  accounts: Accounts;
  secret: string;
}

/**
 * Opens a folder, and creates it where it is new. What an earlier version has written there is taken
 * over.
 *
 * @throws Error when the folder's secret is missing or damaged, or the folder cannot be used
 */
export async function openFolder(
  folder: string,
  logger: Logger,
  mayCreate: boolean,
): Promise<Ground> {
  const secret = await readOrCreateSecret(folder, mayCreate);
  const store = await FolderStore.open(folder, secret, {
    onDamage: (what) => logger.error({ what }, "a damaged upload was found"),
  });
  const accounts = new StoreAccounts(async () => store);
  await takeOverAccounts(folder, accounts);
  await takeOverClips({
    folder,
    ids: new ClipIds(secret),
    catalog: new StoreCatalog({
      store,
      onDamage: (damage) => logger.error(damage, "a damaged object was put aside"),
    }),
    placeOf: (key) => store.localPath(key),
    async moveIn(file, key) {
      await stat(file);
      const target = store.localPath(key);
      await moveBelow(path.join(folder, "objects"), target, () => rename(file, target));
    },
    logger,
  });
  return { store, accounts, secret };
}

/**
 * The accounts of a service, which need not run: of the one in a folder, or of one on any object
 * store. Changes are seen by all its processes.
 *
 * @example
 * ```ts
 * const { appId, appSecret } = await openAccounts("clips").createApp("ci");
 * ```
 */
export function openAccounts(place: string | ObjectStore): Accounts {
  if (typeof place !== "string") return new StoreAccounts(async () => place);
  const folder = place;
  return new StoreAccounts(async () => {
    const store = await FolderStore.open(folder, await readOrCreateSecret(folder, true));
    await takeOverAccounts(folder, new StoreAccounts(async () => store));
    return store;
  });
}
