import { pino } from "pino";
import { expect, it } from "vitest";
import { noStatements, notSeen, noWishes } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { Verifier } from "../src/clips/verifier.js";
import { FolderStore } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { workOnClip } from "../src/upkeep/clip-work.js";
import { JoinedUploads } from "../src/uploads/joined-uploads.js";
import { OpenUploads } from "../src/uploads/open-uploads.js";
import { Room } from "../src/uploads/room.js";
import { noAnnouncer } from "../src/webhooks/announcer.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";
import { withLimits } from "./with-limits.js";

const id = "a".repeat(24);
const minute = 60_000;

it("work whose parts are joined at this moment is kept, and given up after ten minutes", async () => {
  let time = 1_700_000_000_000;
  const now = () => time;
  const store = await FolderStore.open(await makeFolder(), secret, { now });
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const logger = pino({ level: "silent" });
  const { quota, retention } = withLimits(store, now);
  const options = {
    ...{ catalog, now },
    open: new OpenUploads({ store, catalog, now, quota, room: new Room(store, async () => {}) }),
    joined: new JoinedUploads({ store, catalog, logger, now, retention }),
    verifier: new Verifier({
      ...{ store, catalog, logger, measure: measureNothing, announcer: noAnnouncer, media: null },
      onRenditionDue: () => {},
    }),
  };
  // While an engine joins the parts it may show neither the upload nor the object.
  const upload = {
    ...{ uploadId: "no-such-upload", version: "v", size: 1, chunkSize: 5, mime: "video/mp4" },
    ...{ filename: null, usedOn: new Date(time).toISOString(), ...noWishes },
  };
  await catalog.create({
    ...{ id, account: "acc_a", asset: "videoclip", checksum: "0".repeat(32), status: "uploading" },
    ...{ reason: null, version: null, upload, size: 1, mime: "video/mp4", filename: null },
    ...{ createdOn: null, ...notSeen, ...noStatements, ...noWishes },
  });
  const lease = await catalog.verifications.add({ id, account: "acc_a" }, true);
  const { signal } = new AbortController();
  expect(await workOnClip(options, lease, signal)).toBe(minute);
  time += 10 * minute;
  expect(await workOnClip(options, lease, signal)).toBeNull();
});
