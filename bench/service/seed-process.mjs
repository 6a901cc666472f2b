/**
 * Records clips without bytes, for lists: `node seed-process.mjs CHECKOUT GROUND ACCOUNT COUNT`. It
 * ends with 1 where the checkout is of a version without a catalog.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const atOnce = 16;
const [checkout = "", ground = "{}", account = "", count = "0"] = process.argv.slice(2);
const dist = join(checkout, "packages/service/dist");
if (!existsSync(join(dist, "catalog"))) process.exit(1);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { StoreCatalog } = await load("catalog/store-catalog.js");
const { store } = await openGround(JSON.parse(ground));
const catalog = new StoreCatalog({
  store,
  onDamage: ({ key }) => {
    throw new Error(key);
  },
});
const newest = Date.now();
let next = 0;
await Promise.all(Array.from({ length: atOnce }, seedSome));
store.close?.();

async function openGround({ folder, bucket }) {
  const quiet = { error() {}, warn() {}, info() {} };
  if (folder === undefined) return (await load("open-bucket.js")).openBucket(bucket, quiet, false);
  return (await load("open-folder.js")).openFolder(folder, quiet, false);
}

async function seedSome() {
  while (next < Number(count)) {
    const clip = makeClip(next++);
    await catalog.create(clip);
    await catalog.enter(clip);
  }
}

/** A minute lies between two clips. */
function makeClip(index) {
  return {
    ...{ id: randomBytes(18).toString("base64url"), account, asset: "videoclip" },
    ...{ checksum: randomBytes(16).toString("hex"), status: "available", reason: null },
    ...{ version: randomBytes(8).toString("hex"), upload: null, size: 1000, mime: "video/mp4" },
    ...{
      filename: `clip ${index}.mp4`,
      createdOn: new Date(newest - index * 60_000).toISOString(),
    },
    facts: { duration: null, width: null, height: null, codec: null },
    ...{ hasThumbnail: false, hasPreview: false },
  };
}
