import { randomBytes } from "node:crypto";
import { openAccounts } from "@clipcourier/service";
import { pino } from "pino";
import {
  type Clip,
  noStatements,
  notSeen,
  noWishes,
} from "../../packages/service/src/catalog/clip-state.js";
import { StoreCatalog } from "../../packages/service/src/catalog/store-catalog.js";
import { openFolder } from "../../packages/service/src/open-folder.js";
import type { TestService } from "../start-service.ts";

const atOnce = 16;

/**
 * Records clips without bytes, as if they had been uploaded, a minute after each other: to upload a
 * thousand takes minutes. The first is the newest. Gives them in the order of their names.
 */
export async function seedClips(
  service: TestService,
  names: readonly string[],
): Promise<readonly Clip[]> {
  const { folder, appId, appSecret } = service;
  const account = await openAccounts(folder).verifyApp(appId, appSecret);
  if (account === null) throw new Error("The app has no account.");
  const { store } = await openFolder(folder, pino({ level: "silent" }), false);
  const catalog = new StoreCatalog({
    store,
    onDamage: ({ key }) => {
      throw new Error(`${key} is damaged.`);
    },
  });
  const newest = Date.now();
  const clips = names.map((name, index) =>
    makeClip(account, name, new Date(newest - index * 60_000)),
  );
  const left = clips.values();
  const record = async () => {
    for (const clip of left) {
      await catalog.create(clip);
      await catalog.enter(clip);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, record));
  return clips;
}

function makeClip(account: string, filename: string, createdOn: Date): Clip {
  return {
    ...{ id: randomBytes(18).toString("base64url"), account, asset: "videoclip" },
    ...{ checksum: randomBytes(16).toString("hex"), status: "available", reason: null },
    ...{ version: randomBytes(8).toString("hex"), upload: null, size: 1000, mime: "video/mp4" },
    ...{ filename, createdOn: createdOn.toISOString(), ...notSeen, ...noStatements, ...noWishes },
  };
}
